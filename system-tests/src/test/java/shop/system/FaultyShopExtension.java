package shop.system;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a shop to be broken, one for all of them, until a test fails in it. */
abstract class FaultyShopExtension<S extends FaultyShop> implements ParameterResolver, AfterEachCallback {
    private final Class<S> type;
    private final Supplier<S> start;

    FaultyShopExtension(Class<S> type, Supplier<S> start) {
        this.type = type;
        this.start = start;
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public final Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).computeIfAbsent(type, key -> start.get(), type);
    }

    @Override
    public final void afterEach(ExtensionContext context) {
        S shop = store(context).get(type, type);
        if (context.getExecutionException().isEmpty()) {
            shop.mend();
        } else {
            store(context).remove(type);
            shop.close();
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.create(FaultyShopExtension.class));
    }
}

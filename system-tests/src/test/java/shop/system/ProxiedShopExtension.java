package shop.system;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Brings {@link WithProxiedShop} about. */
final class ProxiedShopExtension implements ParameterResolver, AfterEachCallback {
    private static final Path LOGS = Path.of("target", "fault-logs");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ProxiedShop.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).computeIfAbsent(ProxiedShop.class, key -> ProxiedShop.start(LOGS), ProxiedShop.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ProxiedShop shop = store(context).get(ProxiedShop.class, ProxiedShop.class);
        if (context.getExecutionException().isEmpty()) {
            shop.mend();
        } else {
            store(context).remove(ProxiedShop.class);
            shop.close();
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.create(ProxiedShopExtension.class));
    }
}

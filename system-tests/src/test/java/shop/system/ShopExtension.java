package shop.system;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import shop.playground.shop.Shop;

/** Starts the shop when the first test asks for it, and keeps what its services wrote. */
final class ShopExtension implements ParameterResolver {
    private static final Path LOGS = Path.of("target", "shop-logs");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Visitor.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(ShopExtension.class))
                .computeIfAbsent(
                        RunningShop.class, key -> new RunningShop(Shop.builder().start()), RunningShop.class)
                .visitor();
    }

    private record RunningShop(Shop shop) implements AutoCloseable {
        private Visitor visitor() {
            return new Visitor(shop);
        }

        @Override
        public void close() {
            shop.saveLogs(LOGS);
            shop.close();
        }
    }
}

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
                .computeIfAbsent(RunningShop.class, key -> new RunningShop(shop()), RunningShop.class)
                .visitor();
    }

    /** With a claim of a service that is killed so short that a test can wait for its end. */
    private static Shop shop() {
        return Shop.builder()
                .property("sms-service", "messaging.claims.lease", "10s")
                .start();
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

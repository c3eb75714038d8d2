package shop.system;

import java.nio.file.Path;

/** Brings {@link WithProxiedShop} about. */
final class ProxiedShopExtension extends FaultyShopExtension<ProxiedShop> {

    ProxiedShopExtension() {
        super(ProxiedShop.class, () -> ProxiedShop.start(Path.of("target", "fault-logs")));
    }
}

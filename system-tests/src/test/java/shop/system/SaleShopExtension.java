package shop.system;

import java.nio.file.Path;

/** Brings {@link WithSaleShop} about. */
final class SaleShopExtension extends FaultyShopExtension<SaleShop> {

    SaleShopExtension() {
        super(SaleShop.class, () -> SaleShop.start(Path.of("target", "sale-fault-logs")));
    }
}

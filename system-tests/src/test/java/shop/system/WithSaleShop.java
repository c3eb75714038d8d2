package shop.system;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test against the part of the shop that flash sales go through, with two gateways, with a
 * {@link shop.playground.proxy.Proxy} before every server and with short delays: one for all such tests of the JVM. Whatever a
 * test has broken is mended after it; a shop in which a test failed is used no more.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("sale-faults")
@Tag("long-faults")
@ExtendWith(SaleShopExtension.class)
@interface WithSaleShop {}

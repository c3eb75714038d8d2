package shop.delivery;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the delivery.
 *
 * @param packing from the payment until the parcel leaves the depot
 * @param transit from the depot to the door
 * @param defaultDepot ships to the countries that no other depot serves
 * @param depots which depot serves a country, by its ISO 3166-1 alpha-2 code
 */
@ConfigurationProperties("shop.delivery")
record DeliveryProperties(
        @DefaultValue("1m") Duration packing,
        @DefaultValue("5m") Duration transit,
        @DefaultValue("rotterdam") String defaultDepot,
        @DefaultValue Map<String, String> depots) {

    String depotFor(String country) {
        return depots.getOrDefault(country.toUpperCase(Locale.ROOT), defaultDepot);
    }
}

package shop.messaging.parking;

import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import shop.messaging.MessageJson;
import shop.messaging.MessagingAutoConfiguration;
import shop.messaging.MessagingProperties;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.subscription.ParkingLot;

/** Opens the parking lots that a service declares to its operators. */
@AutoConfiguration(after = MessagingAutoConfiguration.class, before = WebEndpointAutoConfiguration.class)
class ParkingAutoConfiguration {

    @Bean
    ParkedEndpoint parkedEndpoint(
            ObjectProvider<ParkingLot> lots,
            ObjectProvider<Declarables> declarables,
            ConnectionFactory connections,
            ConfirmedPublisher publisher,
            MessageJson json,
            MessagingProperties properties) {
        return new ParkedEndpoint(
                () -> lots(lots, declarables),
                new Parking(connections, publisher, properties.remember(), Clock.systemUTC()),
                json,
                properties.remember().toDays() + " days");
    }

    private static List<ParkingLot> lots(ObjectProvider<ParkingLot> lots, ObjectProvider<Declarables> declarables) {
        return Stream.concat(
                        lots.stream(),
                        declarables.stream().flatMap(some -> some.getDeclarablesByType(ParkingLot.class).stream()))
                .toList();
    }

    /** Lets a POST come without a body, and so without a content type, which counts as this one. */
    @Bean
    EndpointMediaTypes endpointMediaTypes() {
        List<String> produced = EndpointMediaTypes.DEFAULT.getProduced();
        return new EndpointMediaTypes(
                produced,
                Stream.concat(EndpointMediaTypes.DEFAULT.getConsumed().stream(), Stream.of("application/octet-stream"))
                        .toList());
    }
}

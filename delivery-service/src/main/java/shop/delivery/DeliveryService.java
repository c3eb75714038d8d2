package shop.delivery;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The subscriber that ships what was paid. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class DeliveryService {

    public static void main(String[] args) {
        SpringApplication.run(DeliveryService.class, args);
    }
}

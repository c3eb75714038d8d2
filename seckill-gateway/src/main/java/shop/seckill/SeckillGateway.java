package shop.seckill;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The gateway of the flash sales. */
@SpringBootApplication
@ConfigurationPropertiesScan
class SeckillGateway {

    public static void main(String[] args) {
        SpringApplication.run(SeckillGateway.class, args);
    }
}

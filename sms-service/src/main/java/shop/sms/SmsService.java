package shop.sms;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The subscriber that sends texts. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SmsService {

    public static void main(String[] args) {
        SpringApplication.run(SmsService.class, args);
    }
}

package shop.email;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The subscriber that writes mails. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class EmailService {

    public static void main(String[] args) {
        SpringApplication.run(EmailService.class, args);
    }
}

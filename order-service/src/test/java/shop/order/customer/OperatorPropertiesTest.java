package shop.order.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class OperatorPropertiesTest {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(OperatorProperties.class)
    static class Settings {}

    @ParameterizedTest
    @CsvSource({"a, 73", "ä, 37"})
    void aPasswordThatIsTooLongFailsTheStartWithOneSentence(String character, int times, CapturedOutput output) {
        String password = character.repeat(times);

        assertThatExceptionOfType(ConfigurationPropertiesBindException.class)
                .isThrownBy(() -> start("--shop.operator.password=" + password));

        assertThat(output.getAll())
                .containsOnlyOnce("The operator's password has more than 72 bytes: give a shorter one.")
                .doesNotContain(password);
    }

    @ParameterizedTest
    @CsvSource({"a, 72", "ä, 36", "a, 0"})
    void aPasswordThatFitsIsTaken(String character, int times) {
        String password = character.repeat(times);

        try (ConfigurableApplicationContext context = start("--shop.operator.password=" + password)) {
            assertThat(context.getBean(OperatorProperties.class).password()).isEqualTo(password);
        }
    }

    @Test
    void noPasswordIsTakenToo() {
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(OperatorProperties.class).password()).isNull();
        }
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Settings.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
    }
}

package shop.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import shop.playground.servers.Ports;

class RushCommandTest {

    private final StringWriter said = new StringWriter();

    @Test
    void saysHowItIsUsed() {
        assertThat(rush("--help")).isZero();
        assertThat(said.toString())
                .contains("--buyers=N", "--units=N", "--rate=N", "Default: 50000")
                .contains("SHOP_OPERATOR_PASSWORD", "Examples:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--gateway=http://192.0.2.1:8080/", "--orders=http://192.0.2.1:8081/"})
    void leavesOtherMachinesAlone(String elsewhere) {
        assertThat(rush(elsewhere)).isEqualTo(2);
        assertThat(said.toString()).contains("192.0.2.1", "is not this machine", "--allow-remote");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--buyers=0", "--units=-1", "--connections=0", "--rate=0", "--gateway=https://localhost:8080/"})
    void refusesWhatMakesNoSense(String option) {
        assertThat(rush(option)).isEqualTo(2);
        assertThat(said.toString().lines().findFirst().orElseThrow())
                .containsAnyOf("must be above 0.", "is no http://HOST:PORT/");
    }

    @Test
    void saysInOneLineWhatToDoWhereThereIsNoShop() {
        String nowhere = "http://127.0.0.1:" + Ports.free() + "/";

        assertThat(rush("--orders=" + nowhere, "--gateway=" + nowhere)).isEqualTo(1);

        assertThat(said.toString().strip().lines())
                .singleElement()
                .asString()
                .contains("no shop at " + nowhere, "./demo", "--help");
    }

    private int rush(String... options) {
        CommandLine playground = Playground.commandLine();
        playground.setErr(new PrintWriter(said));
        playground.setOut(new PrintWriter(said));
        String[] arguments = new String[options.length + 1];
        arguments[0] = "rush";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return playground.execute(arguments);
    }
}

package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that lets a crowd loose on a running shop, as a user has it. */
@WithShop
class RushIT {
    private static final Path JAR = Path.of("..", "playground", "target", "playground.jar")
            .toAbsolutePath()
            .normalize();

    @TempDir
    private Path home;

    private final Visitor visitor;

    RushIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void tellsHowFastTheShopWasAndThatItsBooksBalanceAndKeepsItsBuyersForTheNextTime() throws Exception {
        String closed = rush("--buyers", "500", "--units", "50");

        assertThat(closed).contains("buyers sign in: 500 of 500").satisfies(RushIT::isComplete);
        Path buyers = home.resolve("target/rush-buyers.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(buyers)))
                .isEqualTo("rw-------");

        String open = rush("--buyers", "500", "--units", "50", "--rate", "400");

        assertThat(open).doesNotContain("buyers sign in").satisfies(RushIT::isComplete);
    }

    @Test
    void tellsWhatItHasMeasuredWhenItIsInterrupted() throws Exception {
        Process rush = start("--buyers", "50", "--units", "5", "--rate", "5");
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> said().contains("buyers click"));
            rush.destroy();

            assertThat(rush.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(rush.exitValue()).isEqualTo(128 + 15);
            assertThat(said()).contains("clicks/s", "unsettled", "\u2718 every buyer got a definite answer");
        } finally {
            rush.destroyForcibly();
        }
    }

    private static void isComplete(String said) {
        assertThat(said)
                .containsPattern("accepted +50 ")
                .containsPattern("errors +0 ")
                .containsPattern("clicks/s +[1-9]")
                .containsPattern("50 % +[0-9.,]+ ")
                .containsPattern("99 % +[0-9.,]+\\R")
                .containsPattern("99.9 % +[0-9.,]+\\R")
                .containsPattern("accepted/s +[1-9]")
                .containsPattern("orders/s +[1-9]")
                .containsPattern("ordered +50 ")
                .containsPattern("sold out +450 ")
                .containsPattern("refused +0 ")
                .contains("shed", "\u2714 left + ordered + returned = allotment: 0 + 50 + 0 = 50");
    }

    private String rush(String... options) throws Exception {
        Process rush = start(options);
        try {
            assertThat(rush.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(rush.exitValue()).as(said()).isZero();
            return said();
        } finally {
            rush.destroyForcibly();
        }
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-jar",
                JAR.toString(),
                "rush",
                "--orders=" + visitor.shop().orders(),
                "--gateway=" + visitor.shop().gateway()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("said").toFile());
        builder.environment().put("SHOP_OPERATOR_PASSWORD", visitor.shop().operatorPassword());
        return builder.start();
    }

    private String said() throws IOException {
        return Files.readString(home.resolve("said"));
    }
}

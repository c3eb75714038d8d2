package shop.playground.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Native servers: their data survives kill -9, they come back on the same port, and they say what hinders them. */
class ServersIT {

    @Test
    void messageSurvivesTheDeathOfRabbitMq() {
        try (RabbitMq rabbitMq = RabbitMq.local()) {
            rabbitMq.start();
            Broker broker = rabbitMq.broker();
            for (int i = 0; i < 2; i++) { // also one that replaces another of its name
                broker.with(channel -> channel.queueDelete("kept"));
                broker.with(
                        channel -> channel.queueDeclare("kept", true, false, false, Map.of("x-queue-type", "quorum")));
                rabbitMq.writeQuorumQueues();
            }
            assertThat(broker.publish("", "kept", MessageProperties.PERSISTENT_TEXT_PLAIN, utf8("still here")))
                    .isEqualTo(Broker.Outcome.CONFIRMED);

            rabbitMq.kill();
            assertThat(rabbitMq.isRunning()).isFalse();
            assertThat(Ports.answers(rabbitMq.port())).isFalse();
            rabbitMq.start();

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(broker.ready("kept")).isEqualTo(1));
            assertThat(broker.take("kept"))
                    .get()
                    .satisfies(message -> assertThat(message.getBody()).isEqualTo(utf8("still here")));
            assertThat(broker.take("kept")).isEmpty();

            rabbitMq.stop();
            assertThat(Ports.answers(rabbitMq.port())).isFalse();
        }
    }

    @Test
    void committedRowSurvivesTheDeathOfPostgres() throws SQLException {
        try (Postgres postgres = Postgres.local()) {
            postgres.start();
            String url = postgres.database("orders");
            try (Connection connection = DriverManager.getConnection(url, postgres.username(), postgres.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("create table kept (word text)");
                statement.execute("insert into kept values ('still here')");
                assertThat(setting(statement, "fsync")).isEqualTo("on");
                assertThat(setting(statement, "synchronous_commit")).isEqualTo("on");
                postgres.kill();
            }
            assertThat(Ports.answers(postgres.port())).isFalse();

            postgres.start();
            assertThat(postgres.database("orders")).isEqualTo(url);
            assertThat(words(postgres, url)).isEqualTo("still here");

            postgres.stop();
            postgres.start();
            assertThat(words(postgres, url)).isEqualTo("still here");
        }
    }

    @Test
    void entrySurvivesTheDeathOfRedisUnlessItLosesItsData() {
        try (Redis redis = Redis.local()) {
            redis.start();
            assertThat(redis.command("SET", "kept", "here")).isEqualTo("OK");
            // written to the file at once; only a power cut could take it during the next second
            redis.kill();
            redis.start();
            assertThat(redis.command("GET", "kept")).isEqualTo("here");
            assertThat(redis.command("EXISTS", "kept")).isEqualTo("1");

            redis.kill();
            redis.wipe();
            redis.start();
            assertThat(redis.command("EXISTS", "kept")).isEqualTo("0");
            assertThat(redis.command("GET", "kept")).isEmpty();
        }
    }

    @Test
    void frozenServerAnswersAgainOnceItIsThawed() {
        try (Redis redis = Redis.local()) {
            redis.start();
            redis.freeze();
            assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(ServerException.class);
            assertThat(redis.isRunning()).isTrue();
            redis.thaw();
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Redis redis = Redis.local(other.getLocalPort())) {
            assertThatThrownBy(redis::start)
                    .isInstanceOf(ServerException.class)
                    .hasMessage(
                            "Port " + other.getLocalPort()
                                    + ", which Redis wants, is taken: stop the program that listens there, or choose another port.");
        }
    }

    @Test
    void saysHowToInstallRabbitMq() {
        RabbitMq.Address address = new RabbitMq.Address(Ports.free(), Ports.free(), "shop", "shop", "secret");
        try (RabbitMqProcess process = new RabbitMqProcess(Path.of("/nowhere"), address, Ports.free())) {
            assertThatThrownBy(process::start)
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("type sudo apt-get install rabbitmq-server");
        }
    }

    @Test
    void showsTheEndOfTheLogOfWhatDoesNotStart() {
        try (LocalProcess process = new Failing()) {
            assertThatThrownBy(process::start)
                    .isInstanceOf(ServerException.class)
                    .hasMessageStartingWith("The failing one ended at once, with exit code 3: give up.")
                    .hasMessageContaining("out of cheese");
        }
    }

    private static final class Failing extends LocalProcess {

        Failing() {
            super("The failing one");
        }

        @Override
        protected ProcessBuilder command() {
            return new ProcessBuilder("sh", "-c", "echo out of cheese; exit 3");
        }

        @Override
        protected boolean isReady() {
            return false;
        }

        @Override
        protected String advice() {
            return "give up";
        }
    }

    private static String setting(Statement statement, String name) throws SQLException {
        return first(statement, "show " + name);
    }

    private static String words(Postgres postgres, String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, postgres.username(), postgres.password());
                Statement statement = connection.createStatement()) {
            return first(statement, "select word from kept");
        }
    }

    private static String first(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.StringUtils;
import shop.events.PurchaseCommand;
import shop.order.Api;
import shop.order.WholeServiceTest;
import shop.playground.servers.Broker;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;
import tools.jackson.databind.JsonNode;

@WholeServiceTest
@ExtendWith(OutputCaptureExtension.class)
class DrainFaultsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Broker broker;
    private final SaleDriver sales;

    DrainFaultsIT(@Autowired Api api, @Autowired JdbcClient database, Broker broker) {
        this.broker = broker;
        this.sales = new SaleDriver(api, database, broker);
    }

    @Test
    void losesNothingWhenTheDatabaseDiesUnderIt(Postgres postgres) {
        sales.declareQueue();
        sales.awaitConsumer();
        UUID sale = sales.open(1000);
        List<PurchaseCommand> commands = commands(sale, 4000);

        sales.queue(commands);
        await().pollInterval(Duration.ofMillis(5)).until(() -> sales.settled(sale) > 0);
        postgres.kill();
        assertThat(broker.consumers(SaleDriver.QUEUE)).isEqualTo(1);
        postgres.start();

        await().atMost(PATIENCE).ignoreExceptions().until(() -> sales.settled(sale) == 4000);
        assertBalanced(sale, 1000, 3000);
    }

    @Test
    void waitsInPlaceForAsLongAsTheDatabaseIsAway(Postgres postgres, CapturedOutput output) {
        sales.declareQueue();
        sales.awaitConsumer();
        broker.purge(SaleDriver.PARKED);
        UUID sale = sales.open(1000);
        List<PurchaseCommand> commands = commands(sale, 4000);
        postgres.kill();

        sales.queue(commands);
        // Each try takes at least as long as the database is waited for, and the pauses between them grow.
        await().atMost(PATIENCE).until(() -> StringUtils.countOccurrencesOf(output.getAll(), "purchases wait") >= 5);
        assertThat(broker.consumers(SaleDriver.QUEUE)).isEqualTo(1);
        assertThat(broker.ready(SaleDriver.QUEUE)).isGreaterThanOrEqualTo(3000); // the rest is in the consumer's hands
        assertThat(broker.ready(SaleDriver.PARKED)).isZero();
        postgres.start();

        await().atMost(PATIENCE).ignoreExceptions().until(() -> sales.settled(sale) == 4000);
        assertBalanced(sale, 1000, 3000);
        assertThat(broker.ready(SaleDriver.PARKED)).isZero();
    }

    @Test
    void losesNothingWhenTheBrokerDiesUnderIt(RabbitMq rabbitMq) {
        sales.declareQueue();
        sales.awaitConsumer();
        UUID sale = sales.open(1000);
        List<PurchaseCommand> commands = commands(sale, 4000);

        sales.queue(commands);
        await().pollInterval(Duration.ofMillis(5)).until(() -> sales.settled(sale) > 0);
        rabbitMq.kill();
        rabbitMq.start();

        await().atMost(PATIENCE).until(() -> sales.settled(sale) == 4000);
        assertBalanced(sale, 1000, 3000);
    }

    private List<PurchaseCommand> commands(UUID sale, int number) {
        return sales.customers(number).stream()
                .map(buyer -> SaleDriver.command(sale, buyer))
                .toList();
    }

    private void assertBalanced(UUID sale, int ordered, int refused) {
        JsonNode balance = sales.balance(sale);
        assertThat(balance.path("ordered").asInt()).isEqualTo(ordered);
        assertThat(balance.path("refused").asInt()).isEqualTo(refused);
        assertThat(balance.path("left").asInt()).isZero();
        assertThat(balance.path("balanced").asBoolean()).isTrue();
        assertThat(sales.told("order.placed", sale)).hasSize(ordered).doesNotHaveDuplicates();
        assertThat(sales.told("purchase.refused", sale)).hasSize(refused).doesNotHaveDuplicates();
    }
}

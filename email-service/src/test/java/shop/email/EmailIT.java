package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.OrderPaid;
import shop.events.Recipient;
import shop.messaging.subscription.FailureHeaders;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.Mail;
import shop.playground.servers.MailServer;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.MAIL})
@SpringBootTest(properties = {"messaging.retry.delays=2s,3s", "messaging.breaker.pause=1s"})
@DirtiesContext
class EmailIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @BeforeEach
    void emptyMailbox(MailServer server) {
        server.clear();
    }

    @Test
    void anEventBecomesAMailToItsRecipient(Broker broker, MailServer server) {
        OrderPaid event = Samples.paid(Samples.ADA);
        Samples.publish(broker, event);

        Mail mail = onlyMail(server);
        assertThat(mail.to()).containsExactly(new Mail.Address("ada@example.org", "Ada Lovelace"));
        assertThat(mail.from()).containsExactly(new Mail.Address("shop@mq-shop.example", "mq-shop"));
        assertThat(mail.subject()).isEqualTo("Your order " + Samples.ORDER + " is paid");
        assertThat(mail.text()).contains("2 × Mechanical keyboard: €178.00", "Total: €213.00");
        assertThat(mail.headers())
                .containsEntry("message-id", "<" + event.eventId() + "@mq-shop.example>")
                .containsEntry("x-event-id", event.eventId().toString());
    }

    @Test
    void chineseArrivesAsItWasWritten(Broker broker, MailServer server) {
        Samples.publish(broker, Samples.paid(Samples.LI));

        Mail mail = onlyMail(server);
        assertThat(mail.to()).containsExactly(new Mail.Address("lina@example.org", "李娜"));
        assertThat(mail.subject()).isEqualTo("您的订单 " + Samples.ORDER + " 已支付");
        assertThat(mail.text()).contains("李娜，您好！", "我们已收到订单 " + Samples.ORDER + " 的款项 €213.00，正在为您打包。");
        assertThat(mail.html()).contains("<p>李娜，您好！</p>");
    }

    @Test
    void aMailWaitsForTheMailServer(Broker broker, MailServer server) {
        server.stop();
        OrderPaid event = Samples.paid(Samples.ADA);
        try {
            Samples.publish(broker, event);
            await().atMost(PATIENCE).until(() -> broker.ready("email.events.retry.2s") == 1);
        } finally {
            server.start();
        }

        assertThat(onlyMail(server).headers())
                .containsEntry("x-event-id", event.eventId().toString());
        assertThat(broker.ready("email.events.parked")).isZero();
    }

    @Test
    void anAddressThatCannotBeIsParked(Broker broker) {
        OrderPaid event = Samples.paid(new Recipient("Nobody", "nobody at home", "+4915112345678", "en"));
        Samples.publish(broker, event);

        await().atMost(PATIENCE).until(() -> broker.ready("email.events.parked") == 1);
        assertThat(broker.take("email.events.parked")).hasValueSatisfying(parked -> {
            assertThat(parked.getProps().getMessageId())
                    .isEqualTo(event.eventId().toString());
            assertThat(parked.getProps().getHeaders().get(FailureHeaders.REASON))
                    .asString()
                    .contains("Not a mail address");
        });
    }

    @Test
    void everyEventOfInterestIsBound(Broker broker) {
        assertThat(broker.bindings())
                .filteredOn(binding -> binding.getSource().equals("shop.events")
                        && binding.getDestination().equals("email.events"))
                .extracting(binding -> binding.getRoutingKey())
                .containsExactlyInAnyOrder(
                        "customer.registered",
                        "order.placed",
                        "order.paid",
                        "order.cancelled",
                        "shipment.dispatched",
                        "shipment.delivered");
    }

    private static Mail onlyMail(MailServer server) {
        List<Mail> mails = await().atMost(PATIENCE).until(server::mails, found -> !found.isEmpty());
        assertThat(mails).hasSize(1);
        return mails.get(0);
    }
}

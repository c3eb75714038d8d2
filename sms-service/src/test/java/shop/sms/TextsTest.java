package shop.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.support.ResourceBundleMessageSource;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.Recipient;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.Ids;
import shop.playground.testing.Samples;

class TextsTest {
    private final Provider provider = mock();
    private final Texts texts = new Texts(bundle(), provider);

    @Test
    void writesToAChineseCustomerInChinese() {
        OrderPaid event = Samples.paid(Samples.LI);
        texts.on(event);

        verify(provider).send(event.eventId(), "+8613800138000", "【mq-shop】您的订单 " + Samples.ORDER + " 已支付，正在打包。");
    }

    @Test
    void fallsBackToEnglish() {
        Recipient zoe = new Recipient("Zoë", "zoe@example.org", "+31612345678", "nl");
        OrderCancelled event = new OrderCancelled(Ids.next(), Samples.AT, Samples.ORDER, zoe, "changed my mind", null);
        texts.on(event);

        verify(provider)
                .send(
                        event.eventId(),
                        "+31612345678",
                        "mq-shop: your order " + Samples.ORDER + " is cancelled. Nothing is charged.");
    }

    @Test
    void tellsThatAnOrderWasNotPaidInTime() {
        OrderCancelled event = new OrderCancelled(Ids.next(), Samples.AT, Samples.ORDER, Samples.LI, "UNPAID", null);
        texts.on(event);

        verify(provider)
                .send(event.eventId(), Samples.LI.phone(), "【mq-shop】您的订单 " + Samples.ORDER + " 未按时付款，已取消，不会收费。");
    }

    @Test
    void tellsWhereTheParcelIs() {
        ShipmentDispatched dispatched = new ShipmentDispatched(
                Ids.next(), Samples.AT, Samples.ORDER, Ids.next(), "leipzig", Samples.ADA, Samples.AT);
        ShipmentDelivered delivered = new ShipmentDelivered(
                Ids.next(), Samples.AT, Samples.ORDER, Ids.next(), "leipzig", Samples.ADA, Samples.AT);
        texts.on(dispatched);
        texts.on(delivered);

        String phone = Samples.ADA.phone();
        verify(provider).send(dispatched.eventId(), phone, "mq-shop: your order " + Samples.ORDER + " is on its way.");
        verify(provider)
                .send(delivered.eventId(), phone, "mq-shop: your order " + Samples.ORDER + " has arrived. Enjoy!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order.paid",
                "order.cancelled",
                "order.cancelled.UNPAID",
                "shipment.dispatched",
                "shipment.delivered"
            })
    void fitsIntoOneTextInEachLanguage(String key) {
        assertThat(text(key, Locale.ROOT)).hasSizeLessThanOrEqualTo(160);
        assertThat(text(key, Locale.CHINESE)).hasSizeLessThanOrEqualTo(70).isNotEqualTo(text(key, Locale.ROOT));
    }

    private static String text(String key, Locale language) {
        return MessageFormat.format(ResourceBundle.getBundle("texts", language).getString(key), Samples.ORDER);
    }

    private static ResourceBundleMessageSource bundle() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("texts");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return messages;
    }
}

package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.ArgumentCaptor;
import org.springframework.context.support.ResourceBundleMessageSource;
import shop.events.CustomerRegistered;
import shop.events.Line;
import shop.events.Money;
import shop.events.OrderCancelled;
import shop.events.OrderPlaced;
import shop.events.Recipient;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.Ids;
import shop.playground.testing.Samples;

class LettersTest {
    private final Post post = mock();
    private final Mails mails = new Mails(letters(), post);

    @Test
    void welcomesACustomerInEnglish() {
        mails.on(new CustomerRegistered(Ids.next(), Samples.AT, Ids.next(), Samples.ADA));

        assertThat(letter().subject()).isEqualTo("Welcome to mq-shop");
        assertThat(letter().text())
                .startsWith("Hello Ada Lovelace,\n\nYour account is ready.")
                .endsWith("Your mq-shop\n")
                .doesNotContain("Total");
        assertThat(letter().html()).contains("<html lang=\"en\">", "<p>Hello Ada Lovelace,</p>");
    }

    @Test
    void writesToAChineseCustomerInChinese() {
        mails.on(Samples.paid(Samples.LI));

        assertThat(letter().subject()).isEqualTo("您的订单 " + Samples.ORDER + " 已支付");
        assertThat(letter().text()).startsWith("李娜，您好！").contains("合计：€213.00");
        assertThat(letter().html()).contains("<html lang=\"zh\">", "<p>李娜，您好！</p>");
    }

    @Test
    void fallsBackToEnglish() {
        Locale machine = Locale.getDefault();
        try {
            Locale.setDefault(Locale.CHINESE); // where this runs must not matter
            mails.on(Samples.paid(new Recipient("Zoë", "zoe@example.org", "+31612345678", "nl")));
        } finally {
            Locale.setDefault(machine);
        }

        assertThat(letter().subject()).isEqualTo("Your order " + Samples.ORDER + " is paid");
    }

    @Test
    void listsWhatWasOrderedWithItsPrices() {
        mails.on(placed(Samples.LINES, Samples.euros(21_300)));

        assertThat(letter().text())
                .contains(
                        "2 × Mechanical keyboard: €178.00",
                        "1 × Desk lamp: €35.00",
                        "Total: €213.00",
                        "Please pay €213.00 before 4 March 2026, 05:06 UTC");
        assertThat(letter().html())
                .contains("<td>Mechanical keyboard</td>", "€178.00", "<strong>Total: €213.00</strong>");
    }

    @Test
    void writesAmountsInTheCurrencysOwnDigits() {
        Money yen = new Money(1_234_500, "JPY");
        mails.on(placed(List.of(new Line(Ids.next(), "Guitar", 1, yen)), yen));

        assertThat(letter().text()).contains("Total: ¥1,234,500").doesNotContain(".00");
    }

    @Test
    void escapesInHtmlWhatACustomerTyped() {
        Recipient mallory = new Recipient("<script>alert('x')</script> & {0}", "m@example.org", "+4915112345678", "en");
        mails.on(new OrderCancelled(Ids.next(), Samples.AT, Samples.ORDER, mallory, "\"too\" <b>dear</b>", null));

        assertThat(letter().html())
                .contains("Hello &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; {0},", "&lt;b&gt;dear&lt;/b&gt;")
                .doesNotContain("<script", "<b>");
        assertThat(letter().text()).contains("Hello <script>alert('x')</script> & {0},", "(\"too\" <b>dear</b>)");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            cancelled by the buyer, as you wished,           按您的要求
            UNPAID,                 it was not paid in time, 未在规定时间内付款
            """)
    void hasItsOwnWordsForTheReasonsThatAreKnown(String reason, String english, String chinese) {
        mails.on(new OrderCancelled(Ids.next(), Samples.AT, Samples.ORDER, Samples.ADA, reason, null));
        assertThat(letter().text()).contains("is cancelled (%s).".formatted(english));

        mails.on(new OrderCancelled(Ids.next(), Samples.AT, Samples.ORDER, Samples.LI, reason, null));
        assertThat(letter().text()).contains("已取消（%s）".formatted(chinese));
    }

    @Test
    void tellsWhereTheParcelIs() {
        UUID shipment = Ids.next();
        mails.on(new ShipmentDispatched(
                Ids.next(), Samples.AT, Samples.ORDER, shipment, "leipzig", Samples.ADA, Samples.AT));
        assertThat(letter().text()).contains("left our depot leipzig on 4 March 2026, 05:06 UTC.");

        mails.on(new ShipmentDelivered(
                Ids.next(), Samples.AT, Samples.ORDER, shipment, "shenzhen", Samples.LI, Samples.AT));
        assertThat(letter().text()).contains("已于 2026年3月4日 05:06 UTC 送达");
    }

    @Test
    void hasEveryWordInBothLanguages() {
        ResourceBundle english = ResourceBundle.getBundle("mails", Locale.ROOT);
        ResourceBundle chinese = ResourceBundle.getBundle("mails", Locale.CHINESE);

        assertThat(chinese.getLocale()).isEqualTo(Locale.CHINESE);
        assertThat(english.keySet())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(chinese.getString(key)).as(key).isNotEqualTo(english.getString(key)));
    }

    private Letter letter() {
        ArgumentCaptor<Letter> letters = ArgumentCaptor.captor();
        verify(post, atLeastOnce()).send(any(), any(), letters.capture());
        return letters.getValue();
    }

    private static OrderPlaced placed(List<Line> lines, Money total) {
        return new OrderPlaced(
                Ids.next(), Samples.AT, Samples.ORDER, Ids.next(), Samples.ADA, lines, total, Samples.AT, null);
    }

    private static Letters letters() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("mails");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return new Letters(messages);
    }
}

package shop.email;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Locale;
import org.springframework.context.MessageSource;
import shop.events.Money;

/** The words of one language, with money and times as its readers write them. */
final class Wording {
    private final MessageSource messages;
    private final Locale locale;

    Wording(MessageSource messages, Locale locale) {
        this.messages = messages;
        this.locale = locale;
    }

    String text(String key, Object... arguments) {
        Object[] written = new Object[arguments.length];
        for (int i = 0; i < written.length; i++) {
            written[i] = written(arguments[i]);
        }
        return messages.getMessage(key, written, locale);
    }

    /** The words for {@code key}, or {@code otherwise} when the language has none. */
    String textOr(String key, String otherwise) {
        String text = messages.getMessage(key, null, otherwise, locale);
        return text == null ? otherwise : text;
    }

    private String written(Object argument) {
        if (argument instanceof Money money) {
            return money(money);
        }
        if (argument instanceof Instant instant) {
            return time(instant);
        }
        return argument.toString();
    }

    String money(Money money) {
        Currency currency = Currency.getInstance(money.currency());
        NumberFormat format = NumberFormat.getCurrencyInstance(locale);
        format.setCurrency(currency);
        format.setMinimumFractionDigits(currency.getDefaultFractionDigits());
        format.setMaximumFractionDigits(currency.getDefaultFractionDigits());
        return format.format(BigDecimal.valueOf(money.amount(), currency.getDefaultFractionDigits()));
    }

    private String time(Instant instant) {
        return DateTimeFormatter.ofPattern(text("time"), locale)
                .withZone(ZoneOffset.UTC)
                .format(instant);
    }
}

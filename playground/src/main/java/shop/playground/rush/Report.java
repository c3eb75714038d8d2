package shop.playground.rush;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import shop.playground.client.Balance;
import shop.playground.console.Screen.Row;
import shop.playground.load.Measured;

/** How fast it was. */
final class Report {

    private Report() {}

    static List<Row> speed(SaleRush.Result result, int orders, Duration ordering) {
        Measured clicks = result.clicks();
        return List.of(
                new Row("accepted", count(result.accepted()), "buyers were told 202"),
                new Row("errors", count(clicks.errors()), "clicks without an answer: refused, reset, or 10 s late"),
                new Row(
                        "clicks/s",
                        aSecond(clicks.rate()),
                        "answers to %,d clicks in %s".formatted(clicks.answers(), seconds(clicks.took()))),
                new Row("50 %", millis(clicks.percentile(50)), "of the answers came within, in ms"),
                new Row("99 %", millis(clicks.percentile(99)), ""),
                new Row("99.9 %", millis(clicks.percentile(99.9)), ""),
                new Row("slowest", millis(clicks.max()), ""),
                new Row(
                        "accepted/s",
                        aSecond(rate(result.accepted(), result.accepting())),
                        "until the last 202, after " + seconds(result.accepting())),
                new Row(
                        "orders/s",
                        aSecond(rate(orders, ordering)),
                        "until the last was in the database, after " + seconds(ordering)));
    }

    static String sums(Balance balance) {
        return "left + ordered + returned = allotment: %,d + %,d + %,d = %,d"
                .formatted(balance.left(), balance.ordered(), balance.returned(), balance.allotment());
    }

    private static double rate(int number, Duration time) {
        return time.isZero() ? 0 : number / (time.toNanos() / 1e9);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String aSecond(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%,.1f", time.toNanos() / 1e6);
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toNanos() / 1e9);
    }
}

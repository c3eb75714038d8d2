package shop.messaging.topology;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A queue or exchange that the broker has, but not as this service needs it.
 *
 * @param kind what it is: {@code queue} or {@code exchange}
 * @param argument the first one that differs; the broker names no more
 * @param wanted its value here, {@code none} where it is not set
 * @param found its value at the broker, {@code none} where it is not set
 */
record Mismatch(String kind, String name, String argument, String wanted, String found) {
    private static final Pattern REFUSAL = Pattern.compile(
            "inequivalent arg '([^']+)' for (queue|exchange) '([^']+)'.*: received (.+) but current is (.+)");
    private static final Pattern VALUE = Pattern.compile("(?:the value )?'([^']*)'.*");

    /** What the broker says when it refuses a declaration, where that is for what it has already. */
    static Optional<Mismatch> in(String refusal) {
        Matcher said = REFUSAL.matcher(refusal);
        return said.find()
                ? Optional.of(new Mismatch(
                        said.group(2), said.group(3), said.group(1), value(said.group(4)), value(said.group(5))))
                : Optional.empty();
    }

    private static String value(String said) {
        Matcher quoted = VALUE.matcher(said);
        return quoted.matches() ? quoted.group(1) : said;
    }

    /** What differs, and what somebody can do about it. */
    String advice() {
        return "The %s %s is at the broker with %s = %s, and needed here with %s. %s, or give back the old setting: %s = %s."
                .formatted(kind, name, argument, found, wanted, remedy(), argument, found);
    }

    private String remedy() {
        return kind.equals("queue") ? "Move its messages and delete it" : "Delete it";
    }
}

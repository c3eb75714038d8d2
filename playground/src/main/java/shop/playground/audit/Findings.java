package shop.playground.audit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What an audit has to complain of, in words. */
final class Findings {

    private static final int NAMED = 5;

    private final List<String> all = new ArrayList<>();

    void add(String finding) {
        all.add(finding);
    }

    /** Only if there are any. */
    void count(long number, String what) {
        if (number > 0) {
            all.add(number + " " + what);
        }
    }

    /** Names some of them, if there are any. */
    void name(String what, Collection<?> ids) {
        if (!ids.isEmpty()) {
            String some = ids.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "));
            all.add(what + some + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : ""));
        }
    }

    boolean none() {
        return all.isEmpty();
    }

    /**
     * Lets an audit pass that has nothing to complain of.
     *
     * @throws AssertionError with everything that was found
     */
    void expectNone() {
        if (!none()) {
            throw new AssertionError("The books do not agree:\n" + this);
        }
    }

    @Override
    public String toString() {
        return String.join("\n", all);
    }
}

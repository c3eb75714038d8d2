package shop.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the repetitions of one measurement gave. */
final class Figures {
    private final List<Double> figures = new ArrayList<>();

    void add(double figure) {
        figures.add(figure);
    }

    /** The middle one, or the mean of the two in the middle. */
    double median() {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Median, least and most, as columns of a table. */
    String columns() {
        return columns(0);
    }

    /** As {@link #columns()}, with so many decimals. */
    String columns(int decimals) {
        double least = figures.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        double most = figures.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return String.format(
                Locale.ROOT, "| %%,9.%1$df | %%,9.%1$df .. %%,9.%1$df".formatted(decimals), median(), least, most);
    }
}

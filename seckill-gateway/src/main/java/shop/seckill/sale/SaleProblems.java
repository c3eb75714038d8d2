package shop.seckill.sale;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import shop.web.ProblemException;

/** What more than one part of the API says of a sale. */
public final class SaleProblems {
    private static final String RETRY_AFTER_SECONDS = "1";

    private SaleProblems() {}

    /** Nothing is left, for the moment. */
    public static ProblemException soldOut(String sale) {
        return gone(sale, "sold-out", "Nothing is left of this sale.");
    }

    /** The sale is over for good. */
    public static ProblemException closed(String sale) {
        return gone(sale, "sale-closed", "This sale is over.");
    }

    /** Who comes too late may have been in time before, and is told where to look. */
    private static ProblemException gone(String sale, String slug, String detail) {
        String own = "/sales/" + sale + "/purchases";
        return new ProblemException(HttpStatus.GONE, slug, detail)
                .with("purchase", own)
                .header(HttpHeaders.LINK, "<" + own + ">; rel=\"related\"");
    }

    /** Redis lost what it knew of the sale. */
    public static ProblemException recounting() {
        return again("recounting", "The units of this sale are counted anew; try again.");
    }

    /** Redis does not answer. */
    public static ProblemException unavailable() {
        return again("unavailable", "Counts and tickets are away for a moment; try again.");
    }

    /** A failure that is over soon. */
    public static ProblemException again(String slug, String detail) {
        return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, slug, detail)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
}

package shop.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Waits for no body that was refused. Tomcat would, after the answer, for as long as for any byte; a connection whose
 * request it has not read can serve no other.
 */
final class UnreadBodyValve extends ValveBase {
    private static final String REFUSED = UnreadBodyValve.class.getName();

    UnreadBodyValve() {
        super(true);
    }

    /** To be called before the answer is complete. */
    static void refused(ServletRequest request) {
        request.setAttribute(REFUSED, true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (request.getAttribute(REFUSED) != null) {
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }
}

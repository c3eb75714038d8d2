package shop.order.payment;

import org.springframework.core.NestedExceptionUtils;

/** Nobody knows whether the acquirer did what it was asked; the same request may be sent again. */
final class AcquirerAwayException extends RuntimeException {

    AcquirerAwayException(String message) {
        super(message);
    }

    AcquirerAwayException(Throwable cause) {
        super(NestedExceptionUtils.getMostSpecificCause(cause).toString(), cause);
    }
}

package shop.order.payment;

/** Nobody knows whether the acquirer did what it was asked; the same request may be sent again. */
final class AcquirerAwayException extends RuntimeException {

    AcquirerAwayException(String message) {
        super(message);
    }

    AcquirerAwayException(Throwable cause) {
        super(cause.toString(), cause);
    }
}

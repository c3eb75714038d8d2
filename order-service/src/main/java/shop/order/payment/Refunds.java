package shop.order.payment;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Gives back what was charged in vain, trying until the acquirer confirms it. Instances may do so at the same time: the
 * acquirer knows a repeated refund by its Idempotency-Key.
 */
@Component
class Refunds {
    private static final Logger log = LoggerFactory.getLogger(Refunds.class);
    private static final int BATCH = 20;

    private final Payments payments;
    private final Acquirer acquirer;
    private final Duration retry;

    Refunds(Payments payments, Acquirer acquirer, AcquirerProperties properties) {
        this.payments = payments;
        this.acquirer = acquirer;
        this.retry = properties.refundRetry();
    }

    @Scheduled(fixedDelayString = "PT1S")
    void refund() {
        try {
            payments.refundsDue(BATCH).forEach(this::refund);
        } catch (DataAccessException | TransactionException away) {
            log.debug("Refunds wait for the database", away);
        }
    }

    private void refund(Payments.RefundDue due) {
        try {
            acquirer.refund(due.id(), due.charge());
            payments.refunded(due.id());
            log.info("Charge {} was refunded", due.charge());
        } catch (AcquirerAwayException away) {
            log.warn("Charge {} is not refunded yet: {}", due.charge(), away.getMessage());
            payments.refundLater(due.id(), retry);
        }
    }
}

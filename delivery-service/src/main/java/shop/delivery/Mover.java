package shop.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import shop.messaging.schema.SchemaReady;

/**
 * Looks for shipments whose time has come. The times are in the database, so a restart forgets none, and any number of
 * instances may look at the same time.
 */
@Component
class Mover {
    private static final Logger log = LoggerFactory.getLogger(Mover.class);
    private static final int BATCH = 100;

    private final Deliveries deliveries;
    private volatile boolean begun;

    Mover(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @EventListener(SchemaReady.class)
    void begin() {
        begun = true;
    }

    @Scheduled(fixedDelayString = "${shop.delivery.poll:250ms}")
    void move() {
        try {
            boolean more = begun;
            while (more) {
                more = deliveries.moveDue(BATCH);
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("Shipments cannot be moved now, trying again: {}", e.getMessage());
        }
    }
}

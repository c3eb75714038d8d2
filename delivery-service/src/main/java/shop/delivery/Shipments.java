package shop.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.Address;
import shop.events.Recipient;
import tools.jackson.databind.json.JsonMapper;

/** The shipments in the database, whose clock says when each is due: instances need not agree on the time. */
@Repository
class Shipments {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    Shipments(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Stores a new shipment.
     *
     * @param dueIn until its next step
     * @return false when the order has a shipment already
     */
    boolean add(Shipment shipment, Address address, Duration dueIn) {
        return jdbc.sql("""
                        insert into shipments (id, order_id, depot, recipient, address, state, due_at)
                        values (:id, :order, :depot, :recipient::jsonb, :address::jsonb, :state,
                                now() + :dueIn * interval '1 millisecond')
                        on conflict (order_id) do nothing""")
                        .param("id", shipment.id())
                        .param("order", shipment.order())
                        .param("depot", shipment.depot())
                        .param("recipient", json.writeValueAsString(shipment.recipient()))
                        .param("address", json.writeValueAsString(address))
                        .param("state", shipment.state().name())
                        .param("dueIn", dueIn.toMillis())
                        .update()
                == 1;
    }

    /** Locks shipments whose time has come for the rest of the transaction, leaving out those that another has locked. */
    List<Shipment> lockDue(int limit) {
        return jdbc.sql("""
                        select id, order_id, depot, recipient, state
                        from shipments
                        where due_at <= now()
                        order by due_at
                        limit :limit
                        for update skip locked""").param("limit", limit).query(this::shipment).list();
    }

    /**
     * Moves a shipment on.
     *
     * @param dueIn until its next step, if there is one more
     */
    void move(UUID shipment, Shipment.State state, @Nullable Duration dueIn) {
        jdbc.sql("""
                        update shipments
                        set state = :state, due_at = now() + :dueIn::bigint * interval '1 millisecond'
                        where id = :id""")
                .param("state", state.name())
                .param("dueIn", dueIn == null ? null : dueIn.toMillis())
                .param("id", shipment)
                .update();
    }

    private Shipment shipment(ResultSet row, int number) throws SQLException {
        return new Shipment(
                row.getObject("id", UUID.class),
                row.getObject("order_id", UUID.class),
                row.getString("depot"),
                json.readValue(row.getString("recipient"), Recipient.class),
                Shipment.State.valueOf(row.getString("state")));
    }
}

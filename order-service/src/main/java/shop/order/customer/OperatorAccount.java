package shop.order.customer;

import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.stereotype.Component;
import shop.messaging.Ids;

/** Gives the operator an account, with the configured password, as soon as the schema is there. */
@Component
final class OperatorAccount implements Callback {
    private static final Logger log = LoggerFactory.getLogger(OperatorAccount.class);

    private final @Nullable String password;
    private final BCryptPasswordEncoder passwords;

    OperatorAccount(OperatorProperties properties, BCryptPasswordEncoder passwords) {
        this.password = properties.password();
        this.passwords = passwords;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.AFTER_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        if (password == null || password.isBlank()) {
            log.info("No operator's password is configured: nobody can sign in as {}", OperatorProperties.EMAIL);
            return;
        }
        JdbcClient.create(new SingleConnectionDataSource(context.getConnection(), true))
                .sql("""
                        insert into accounts (id, email, role, password_hash) values (?, ?, 'operator', ?)
                        on conflict (lower(email)) do update set password_hash = excluded.password_hash""")
                .params(Ids.next(), OperatorProperties.EMAIL, passwords.encode(password))
                .update();
    }

    @Override
    public String getCallbackName() {
        return "operator account";
    }
}

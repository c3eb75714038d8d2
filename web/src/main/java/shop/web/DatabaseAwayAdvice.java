package shop.web;

import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers 503 while the database is away: the client may try again. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class DatabaseAwayAdvice {
    private static final Logger log = LoggerFactory.getLogger(DatabaseAwayAdvice.class);

    /** PostgreSQL's code for a table that is not there. */
    private static final String UNDEFINED_TABLE = "42P01";

    /** The database is there, but its schema is not yet; readiness says so. Any other bad statement is our mistake. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> on(BadSqlGrammarException failure) {
        SQLException cause = failure.getSQLException();
        if (cause != null && UNDEFINED_TABLE.equals(cause.getSQLState())) {
            return on((Exception) failure);
        }
        throw failure;
    }

    @ExceptionHandler({
        CannotCreateTransactionException.class,
        TransactionSystemException.class,
        DataAccessResourceFailureException.class,
        RecoverableDataAccessException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<ProblemDetail> on(Exception failure) {
        log.warn("The database does not serve: {}", failure.toString());
        HttpStatus status = HttpStatus.SERVICE_UNAVAILABLE;
        return ResponseEntity.status(status)
                .header(HttpHeaders.RETRY_AFTER, "1")
                .body(Problems.of(status, "unavailable", "The database is away for a moment; try again."));
    }
}

package shop.web;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/** Answers every failure with a problem detail that says what the client can mend, and nothing of our inside. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    private record Invalid(String field, @Nullable String message) {}

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception failure, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Object problem = body == null && failure instanceof ErrorResponse error ? error.getBody() : body;
        if (problem instanceof ProblemDetail detail) {
            Problems.typed(detail);
        }
        return super.handleExceptionInternal(failure, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return handleExceptionInternal(failure, Problems.untold(status), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return invalid(failure, failure.getFieldErrors().stream().map(ProblemAdvice::invalid), headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Stream<Invalid> errors = failure.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> error instanceof FieldError field
                                ? invalid(field)
                                : new Invalid(
                                        String.valueOf(
                                                result.getMethodParameter().getParameterName()),
                                        error.getDefaultMessage())));
        return invalid(failure, errors, headers, request);
    }

    private static Invalid invalid(FieldError error) {
        return new Invalid(error.getField(), error.getDefaultMessage());
    }

    private @Nullable ResponseEntity<Object> invalid(
            Exception failure, Stream<Invalid> errors, HttpHeaders headers, WebRequest request) {
        List<Invalid> all = errors.toList();
        ProblemDetail problem = Problems.of(
                HttpStatus.BAD_REQUEST, "invalid-request", "Some of what was sent is not valid: see the errors.");
        problem.setProperty("errors", all);
        return handleExceptionInternal(failure, problem, headers, HttpStatus.BAD_REQUEST, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = Problems.of(status, "invalid-request", unreadable(failure));
        return handleExceptionInternal(failure, problem, headers, status, request);
    }

    private static String unreadable(HttpMessageNotReadableException failure) {
        if (failure.getCause() instanceof DatabindException wrong
                && !wrong.getPath().isEmpty()) {
            return "The body's property %s is unknown, missing or of the wrong type.".formatted(path(wrong));
        }
        if (failure.getCause() instanceof JacksonException) {
            return "The body is not well-formed JSON of the expected shape.";
        }
        return "A JSON body is needed.";
    }

    private static String path(DatabindException wrong) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : wrong.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> on(Exception failure, WebRequest request) throws Exception {
        if (failure instanceof AccessDeniedException || failure instanceof AuthenticationException) {
            throw failure; // Spring Security's filters answer these
        }
        log.error("A request failed", failure);
        HttpStatus status = HttpStatus.INTERNAL_SERVER_ERROR;
        ProblemDetail problem =
                Problems.of(status, "internal", "Something went wrong on our side; the request may be tried again.");
        return handleExceptionInternal(failure, problem, new HttpHeaders(), status, request);
    }
}

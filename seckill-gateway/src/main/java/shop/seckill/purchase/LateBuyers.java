package shop.seckill.purchase;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import shop.seckill.sale.SaleProblems;
import shop.web.ProblemWriter;

/**
 * Turns away who comes to a sale of which nothing is left, before anything else is done for them but to look at their
 * token: most of a flash sale's buyers are these.
 */
@Component
final class LateBuyers implements HandlerInterceptor, WebMvcConfigurer {
    private final Purchases purchases;
    private final ProblemWriter problems;

    LateBuyers(Purchases purchases, ProblemWriter problems) {
        this.purchases = purchases;
        this.problems = problems;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/sales/*/purchases");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!HttpMethod.POST.matches(request.getMethod())) {
            return true; // who looks for their own ticket is not late
        }
        Object path = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        if (!(path instanceof Map<?, ?> variables && variables.get("sale") instanceof String sale) || !isOver(sale)) {
            return true;
        }
        problems.write(SaleProblems.soldOut(sale), request, response);
        return false;
    }

    private boolean isOver(String sale) {
        try {
            return purchases.soldOut(UUID.fromString(sale));
        } catch (IllegalArgumentException notOne) {
            return false; // the controller says so
        }
    }
}

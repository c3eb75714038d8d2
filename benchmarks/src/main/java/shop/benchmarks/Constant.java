package shop.benchmarks;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The least that a service can answer behind its filters. The measured gateway gets it beside its own controllers. */
@RestController
public class Constant {
    static final String PATH = "/constant";

    @PostMapping(PATH)
    String answer() {
        return "done";
    }
}

package shop.playground.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The mail page, asked by MailDev's API. */
public final class Mails {

    private final Api api;

    public Mails(Api api) {
        this.api = api;
    }

    /** The subjects of what was sent to this address, oldest first. */
    public List<String> subjectsTo(String address) {
        List<String> subjects = new ArrayList<>();
        for (JsonNode mail : api.get("/email").expect(200).body()) {
            for (JsonNode recipient : mail.path("to")) {
                if (recipient.path("address").asText().equalsIgnoreCase(address)) {
                    subjects.add(mail.path("subject").asText());
                }
            }
        }
        return subjects;
    }
}

package shop.messaging;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** How many rows of a table each statement deletes, as the database counts them. */
public final class Deletions implements AutoCloseable {
    private final JdbcTemplate jdbc;

    public Deletions(JdbcTemplate jdbc, String table) {
        this.jdbc = jdbc;
        jdbc.execute("create table deletion (id int generated always as identity, deleted int not null)");
        jdbc.execute("""
                create function note_deletion() returns trigger language plpgsql as $$ begin
                    insert into deletion (deleted) select count(*) from gone having count(*) > 0;
                    return null;
                end $$""");
        jdbc.execute("""
                create trigger note_deletion after delete on %s referencing old table as gone
                for each statement execute function note_deletion()""".formatted(table));
    }

    /** From the first to the last that deleted any. */
    public List<Integer> sizes() {
        return jdbc.queryForList("select deleted from deletion order by id", Integer.class);
    }

    @Override
    public void close() {
        jdbc.execute("drop function note_deletion cascade");
        jdbc.execute("drop table deletion");
    }
}

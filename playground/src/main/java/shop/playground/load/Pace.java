package shop.playground.load;

/** When requests may begin. Times are those of {@link System#nanoTime}. */
interface Pace {

    /** Whether a request may begin by now. */
    boolean allows(long now);

    /** Takes the next turn, and says when it was meant to be. */
    long take(long now);

    /** Gives up the turns until now, since nobody wants one. */
    void skip(long now);

    /** Each connection sends its next request when the last one is answered. */
    static Pace closed() {
        return new Pace() {
            @Override
            public boolean allows(long now) {
                return true;
            }

            @Override
            public long take(long now) {
                return now;
            }

            @Override
            public void skip(long now) {
                // turns are not counted
            }
        };
    }

    /** So many turns a second from now on. They do not wait for answers: after a stall all that were meant come late. */
    static Pace open(double perSecond) {
        double interval = 1e9 / perSecond;
        long begin = System.nanoTime();
        return new Pace() {
            private long turns;

            @Override
            public boolean allows(long now) {
                return turn() - now <= 0;
            }

            @Override
            public long take(long now) {
                long meant = turn();
                turns++;
                return meant;
            }

            @Override
            public void skip(long now) {
                turns = Math.max(turns, (long) Math.ceil((now - begin) / interval));
            }

            private long turn() {
                return begin + (long) (turns * interval);
            }
        };
    }
}

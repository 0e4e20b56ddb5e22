package bulwark.gateway.control.state;

/**
 * Which part of a list.
 *
 * @param page from 1 on
 * @param size rows of a page
 */
public record PageRequest(int page, int size) {
    public static final int MAX_PAGE = 100_000;
    public static final int MAX_SIZE = 500;
    public static final int DEFAULT_SIZE = 50;

    long offset() {
        return (long) (page - 1) * size;
    }
}

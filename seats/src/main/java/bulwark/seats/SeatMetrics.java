package bulwark.seats;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.seats.send.SendMetrics;
import bulwark.seats.watch.WatchMetrics;
import bulwark.web.AuditedRoutes;
import bulwark.web.Service;
import java.util.List;
import java.util.stream.Stream;

/** What a service counts. */
public final class SeatMetrics {
    static final String NAME = "seats";

    public static final List<MetricDescription> ALL = Stream.of(
                    Service.metrics(NAME).stream(),
                    AuditedRoutes.metrics(NAME).stream(),
                    WatchMetrics.ALL.stream(),
                    SendMetrics.ALL.stream())
            .flatMap(each -> each)
            .toList();

    private SeatMetrics() {}
}

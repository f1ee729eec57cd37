// Asks the FDSN web services at ?base=URL through seisplotjs, and posts the answers as JSON:
// {question: {answer} or {error}}. The truth is in test_questions.py.
import { fdsnavailability, fdsndataselect, fdsnstation, util } from "seisplotjs";

const page = new URL(window.location.href).searchParams;
const base = new URL(page.get("base"));
const day = "2024-01-01T";

function onThisHost(query) {
  return query.protocol(base.protocol).host(base.hostname).port(Number(base.port));
}

const stations = () => onThisHost(new fdsnstation.StationQuery());
const waveforms = () => onThisHost(new fdsndataselect.DataSelectQuery());
const availability = () => onThisHost(new fdsnavailability.AvailabilityQuery());

const nowhere = (query) =>
  query.networkCode("XX").stationCode("NONE").locationCode("99").channelCode("XXX");
const recent = () => util.durationEnd(300, util.isoToDateTime("now"));
const longAgo = () => util.startDuration("1980-01-01T00:00:00", 300);
const windowOf = (start, end) => util.startEnd(util.isoToDateTime(start), util.isoToDateTime(end));
const oneChannel = (query) =>
  query.networkCode("CI").stationCode("AAA").locationCode("00").channelCode("BHZ");

// The compared parts of answers.
const iso = (time) => (time ? time.toISO() : null);
const codesOf = (networks) =>
  networks.flatMap((network) => network.stations.map((station) => station.codes()));
const allChannels = (networks) =>
  networks.flatMap((network) => network.stations.flatMap((station) => station.channels));
const spansOf = (found) =>
  found.map((span) => [span.codes(), iso(span.startTime), iso(span.endTime)]);
const samplesOf = (seismograms) =>
  seismograms.map((each) => ({
    codes: each.codes(),
    start: iso(each.startTime),
    rate: each.sampleRate,
    count: each.numPoints,
    first: each.y[0],
    last: each.y[each.numPoints - 1],
  }));

async function replyTo(url, options = {}) {
  const response = await fetch(url, options);
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), text };
}

async function statusOf(url, options = {}) {
  const { status, text } = await replyTo(url, options);
  return [status, text];
}

async function startDates(query) {
  const document = await query.queryRawXml(fdsnstation.LEVEL_CHANNEL);
  return ["Network", "Station", "Channel"].map((name) => {
    const found = document.getElementsByTagNameNS("http://www.fdsn.org/xml/station/1", name);
    return [...found].map((element) => element.getAttribute("startDate"));
  });
}

const questions = {
  "availability: version": () => availability().queryVersion(),
  "availability: no data": () =>
    statusOf(nowhere(availability()).timeRange(longAgo()).formURL("query")),
  "availability: no data as 404": async () => {
    const url = nowhere(availability()).timeRange(longAgo()).nodata(404).formURL("query");
    return (await replyTo(url)).status;
  },
  "availability: spans": async () => {
    const query = oneChannel(availability());
    return spansOf(await query.timeRange(windowOf(`${day}00:00:00Z`, `${day}12:00:00Z`)).query());
  },
  "availability: extent": async () => spansOf(await oneChannel(availability()).extent()),

  "station: version": () => stations().queryVersion(),
  "station: no data": () =>
    statusOf(stations().networkCode("xx").formURL(fdsnstation.LEVEL_NETWORK)),
  "station: no networks": () => stations().networkCode("xx").queryNetworks(),
  "station: networks": async () => {
    const found = await stations().startBefore(util.isoToDateTime("now")).queryNetworks();
    return found.map((network) => network.networkCode);
  },
  "station: networks without availability": async () => {
    const query = stations().startBefore(util.isoToDateTime("now")).includeAvailability(false);
    return (await query.queryNetworks()).map((network) => network.networkCode);
  },
  "station: networks that are open": async () => {
    const query = stations().startBefore(util.isoToDateTime("now")).includeRestricted(false);
    return (await query.queryNetworks()).map((network) => network.networkCode);
  },
  "station: stations": async () => codesOf(await stations().networkCode("CI").queryStations()),
  "station: channels": async () => {
    const found = await stations().networkCode("CI").stationCode("AAA").queryChannels();
    return allChannels(found).map((channel) => channel.codes());
  },
  "station: two codes": async () =>
    codesOf(await stations().networkCode("CI").stationCode("AAA,BBB").queryStations()),
  "station: stations by POST": async () =>
    codesOf(await stations().postQueryStations(["CI AAA * * * *", "NC WEST * * * *"])),
  "station: until now": async () => {
    const query = stations().networkCode("CI").stationCode("AAA");
    const found = await query.endTime(util.isoToDateTime("now")).queryChannels();
    return allChannels(found).length;
  },
  "station: simple and window times": async () => {
    const start = util.isoToDateTime("2000-01-01T00:00:00Z");
    const query = stations().networkCode("CI").startTime(start).endAfter(start);
    return codesOf(await query.queryStations());
  },
  "station: times with Z and a fraction": async () => {
    const query = stations().networkCode("CI").startTime(util.isoToDateTime(`${day}12:34:56.789Z`));
    const url = query.formURL(fdsnstation.LEVEL_STATION).replace(".789", ".789Z");
    const { status, type } = await replyTo(url);
    return [url.includes(".789Z"), status, type];
  },
  "station: dates end with Z": () => startDates(stations().networkCode("CI,NC")),
  "station: over the date line": async () =>
    codesOf(await stations().minLat(50).maxLat(53).minLon(175).maxLon(-175).queryStations()),
  "station: around a point": async () =>
    codesOf(
      await stations().latitude(51).longitude(179).minRadius(0).maxRadius(2).queryStations(),
    ),
  "station: units": async () =>
    allChannels(await stations().networkCode("CI").queryChannels()).map((channel) => {
      const { sensitivity, inputUnits, outputUnits } = channel.instrumentSensitivity;
      return [sensitivity, inputUnits, outputUnits];
    }),
  "station: responses": async () =>
    allChannels(await oneChannel(stations()).queryResponses()).map(
      (channel) => channel.response.stages.length,
    ),

  "dataselect: version": () => waveforms().queryVersion(),
  "dataselect: no data": () =>
    statusOf(nowhere(waveforms()).timeRange(longAgo()).formURL(), {
      headers: { Accept: "application/vnd.fdsn.mseed" },
    }),
  "dataselect: no records": () => nowhere(waveforms()).timeRange(longAgo()).queryDataRecords(),
  "dataselect: the last minutes": () => {
    const query = waveforms().networkCode("CI").stationCode("AAA").channelCode("SHZ,BHZ");
    return query.timeRange(recent()).queryDataRecords();
  },
  "dataselect: format": async () => {
    const query = waveforms().networkCode("CI").stationCode("AAA").channelCode("SHZ,BHZ");
    const range = windowOf(`${day}00:11:00Z`, `${day}00:12:00Z`);
    const url = query.timeRange(range).format("miniseed").formURL();
    const { status, type } = await replyTo(url);
    return [url.includes("format=miniseed"), status, type];
  },
  "dataselect: samples": async () => {
    const query = oneChannel(waveforms());
    query.timeRange(windowOf(`${day}00:11:00.013Z`, `${day}00:12:00Z`));
    return samplesOf(await query.querySeismograms());
  },
  "dataselect: samples of miniSEED 3": async () => {
    const query = oneChannel(waveforms()).format("miniseed3");
    query.timeRange(windowOf(`${day}00:11:00.013Z`, `${day}00:12:00Z`));
    return samplesOf(await query.querySeismograms());
  },
  "dataselect: samples by POST": async () => {
    const asked = await oneChannel(availability()).extent();
    const found = await waveforms().postQuerySeismograms(asked);
    return samplesOf(found.map((each) => each.seismogram));
  },
  "dataselect: a large answer": async () => {
    const query = oneChannel(waveforms()).channelCode("BHN");
    query.timeRange(windowOf(`${day}00:00:00Z`, `${day}23:59:59Z`));
    const { redirected } = await fetch(query.formURL());
    return [redirected, samplesOf(await query.querySeismograms())];
  },
  "dataselect: an error": async () => {
    const url = `${base.origin}/fdsnws/dataselect/1/query?nett=CI`;
    const { status, type, text } = await replyTo(url);
    return [status, type, text.split("\n")[0]];
  },
  "dataselect: a header that needs leave": async () => {
    const url = `${base.origin}/fdsnws/dataselect/1/version`;
    return (await replyTo(url, { headers: { "Content-Type": "application/json" } })).status;
  },

  "event: no service": async () => {
    const { status, type } = await replyTo(`${base.origin}/fdsnws/event/1/version`);
    return [status, type];
  },
};

async function answer(ask) {
  try {
    return { answer: await ask() };
  } catch (error) {
    return { error: String(error) };
  }
}

const answers = {};
for (const [question, ask] of Object.entries(questions)) {
  answers[question] = await answer(ask);
}
await fetch("/answers", { method: "POST", body: JSON.stringify(answers) });

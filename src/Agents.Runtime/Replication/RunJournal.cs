using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agents.Evaluation;
using Agents.Evaluation.Harness;
using Agents.Evaluation.Tasks;
using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>The memory of a run folder: every observation by arm, seed and item, and every remembered value by key. Survives a kill at any moment.</summary>
internal sealed class RunJournal : IDisposable
{
    /// <summary>Name of the file in the run folder.</summary>
    public const string FileName = "run.journal";

    private const string LockName = "run.lock";
    private readonly FileStream _lock;
    private readonly LineJournal _lines;
    private readonly string _path;
    private readonly ConcurrentDictionary<(string Arm, ulong Seed, string Item), (ulong Question, Observation Seen)> _seen = new();
    private readonly ConcurrentDictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    private RunJournal(FileStream held, LineJournal lines, string path)
    {
        _lock = held;
        _lines = lines;
        _path = path;
    }

    /// <summary>Gets the seconds that earlier processes worked on this run.</summary>
    public double SecondsBefore { get; private set; }

    /// <summary>Gets the number of observations.</summary>
    public int Observations => _seen.Count;

    /// <summary>Opens the journal of a run, or starts one.</summary>
    /// <param name="folder">The run folder; must exist.</param>
    /// <param name="header">What the run is.</param>
    /// <exception cref="ReplicationException">The folder belongs to another run, is in use, or its journal is damaged.</exception>
    public static RunJournal Open(string folder, RunHeader header)
    {
        string path = Path.Combine(folder, FileName);
        FileStream held;
        try
        {
            // The system lets go of it when the process dies, however it dies.
            held = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException used)
        {
            throw new ReplicationException($"'{folder}' is in use: {used.Message} Wait for the other process, or name another folder with --output.", used);
        }

        LineJournal? lines = null;
        try
        {
            lines = LineJournal.Open(path);
            RunJournal journal = new(held, lines, path);
            journal.Read(header);
            return journal;
        }
        catch (Exception error)
        {
            lines?.Dispose();
            held.Dispose();
            switch (error)
            {
                case EvaluationException damaged:
                    throw new ReplicationException(damaged.Message, damaged);
                case JsonException broken:
                    throw new ReplicationException($"'{path}' holds a line that is intact but not of this version. Name another folder with --output, or delete this one.", broken);
                default:
                    throw;
            }
        }
    }

    /// <summary>Finds an observation.</summary>
    /// <param name="arm">Arm.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="item">Item; its question must be that of the observation.</param>
    /// <exception cref="ReplicationException">The observation was made on another question.</exception>
    public Observation? Find(string arm, ulong seed, ExperimentItem item)
    {
        if (!_seen.TryGetValue((arm, seed, item.Id), out (ulong Question, Observation Seen) found))
        {
            return null;
        }

        return found.Question == ContentHash.Of(item.Question)
            ? found.Seen
            : throw new ReplicationException($"'{_path}': arm '{arm}' observed item '{item.Id}' with another question than '{item.Question}'. The data changed; name another folder with --output, or begin anew with --fresh.");
    }

    /// <summary>Adds an observation.</summary>
    /// <param name="arm">Arm.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="item">Item.</param>
    /// <param name="seen">What was seen.</param>
    /// <returns>The observation as a resumed run will read it.</returns>
    public Observation Add(string arm, ulong seed, ExperimentItem item, Observation seen)
    {
        ulong question = ContentHash.Of(item.Question);
        string line = JsonSerializer.Serialize(new RunLine { Arm = arm, Seed = seed, Item = item.Id, Question = question, Seen = seen }, ReplicationJson.Default.RunLine);
        _lines.Append(line);
        Observation kept = Parse(line).Seen!;
        _seen[(arm, seed, item.Id)] = (question, kept);
        return kept;
    }

    /// <summary>Finds a remembered value; null when there is none.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="type">Its JSON form.</param>
    public T? FindValue<T>(string key, JsonTypeInfo<T> type)
        where T : class => _values.TryGetValue(key, out JsonElement value) ? value.Deserialize(type) : null;

    /// <summary>Remembers a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">Its JSON form.</param>
    public void AddValue<T>(string key, T value, JsonTypeInfo<T> type)
        where T : class
    {
        JsonElement element = JsonSerializer.SerializeToElement(value, type);
        Write(new RunLine { Key = key, Value = element });
        _values[key] = element;
    }

    /// <summary>Adds seconds of work.</summary>
    /// <param name="seconds">Seconds since the last call.</param>
    public void AddSeconds(double seconds) => Write(new RunLine { Seconds = seconds });

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _lock.Dispose();
    }

    private void Read(RunHeader header)
    {
        if (_lines.Lines.Count == 0)
        {
            Write(new RunLine { Header = header });
            return;
        }

        RunHeader? found = Parse(_lines.Lines[0]).Header;
        if (found != header)
        {
            throw new ReplicationException($"'{_path}' belongs to another run ({found}), expected {header}. Name another folder with --output, or begin anew with --fresh.");
        }

        foreach (string text in _lines.Lines.Skip(1))
        {
            RunLine line = Parse(text);
            if (line is { Arm: { } arm, Item: { } item, Seen: { } seen })
            {
                _seen[(arm, line.Seed, item)] = (line.Question, seen);
            }
            else if (line is { Key: { } key, Value: { } value })
            {
                _values[key] = value;
            }

            SecondsBefore += line.Seconds ?? 0;
        }
    }

    private static RunLine Parse(string text) => JsonSerializer.Deserialize(text, ReplicationJson.Default.RunLine) ?? throw new JsonException("The line is null.");

    private void Write(RunLine line) => _lines.Append(JsonSerializer.Serialize(line, ReplicationJson.Default.RunLine));
}

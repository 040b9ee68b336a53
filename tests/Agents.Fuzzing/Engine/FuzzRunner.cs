using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Memory;

namespace Agents.Fuzzing.Engine;

/// <summary>
/// Feeds mutated inputs to a reader and checks its promises: named errors only, memory in proportion to the input, an end. Inputs that make the reader say something
/// new join the pool that further inputs are made from, so the search follows the reader's behaviour into its depth.
/// </summary>
/// <param name="target">The reader.</param>
/// <param name="options">How long and how strictly.</param>
/// <param name="time">Clock.</param>
public sealed class FuzzRunner(IFuzzTarget target, FuzzOptions options, TimeProvider time)
{
    private const int MaximumPool = 4096;
    private const int FramesThatCount = 4;
    private readonly HashSet<string> _behaviours = new(StringComparer.Ordinal);
    private readonly List<byte[]> _pool = [];
    private readonly List<byte[]> _discoveries = [];
    private long _accepted;

    /// <summary>Reads the inputs given and then changed ones until the time is over or a promise is broken.</summary>
    /// <param name="inputs">Seeds and corpus; each is also checked as it is.</param>
    /// <param name="stream">Randomness; the same stream gives the same inputs.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public FuzzReport Run(IEnumerable<byte[]> inputs, SampleStream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        FuzzReport? report = null;
        Exception? failure = null;

        // Parsers recurse: an own thread gives them the stack size that requests have, whatever the caller's is.
        Thread thread = new(() =>
        {
            try
            {
                report = RunHere(inputs, stream, cancellationToken);
            }
#pragma warning disable CA1031 // Passed on to the caller's thread below.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return report ?? throw new InvalidOperationException("The fuzzer itself failed.", failure);
    }

    private FuzzReport RunHere(IEnumerable<byte[]> inputs, SampleStream stream, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        long count = 0;
        Mutator mutator = new(target.Dictionary, options.MaximumLength);
        foreach (byte[] input in inputs)
        {
            count++;
            if (Check(input) is { } finding)
            {
                return Report(finding);
            }

            _pool.Add(input);
        }

        while (count < options.MaximumInputs && time.GetElapsedTime(start) < options.Duration && !cancellationToken.IsCancellationRequested)
        {
            count++;
            byte[] input = mutator.Mutate(_pool[stream.NextInt(_pool.Count)], _pool[stream.NextInt(_pool.Count)], ref stream);
            int before = _behaviours.Count;
            if (Check(input) is { } finding)
            {
                return Report(finding);
            }

            if (_behaviours.Count > before && _pool.Count < MaximumPool)
            {
                _pool.Add(input);
                _discoveries.Add(input);
            }
        }

        return Report(null);

        FuzzReport Report(FuzzFinding? finding) => new(count, _accepted, _behaviours.Count, time.GetElapsedTime(start).TotalSeconds, finding, _discoveries);
    }

    /// <summary>Reads one input and checks all promises.</summary>
    private FuzzFinding? Check(byte[] input)
    {
        // What a reader sets up once in its life (tables of Unicode, say) and what other threads take meanwhile is not this input's: only memory taken each time counts.
        FuzzFinding? finding = CheckOnce(input);
        return finding?.Kind == FuzzFindingKind.Allocation ? CheckOnce(input) : finding;
    }

    private FuzzFinding? CheckOnce(byte[] input)
    {
        using Timer watchdog = new(
            static state => Environment.FailFast((string?)state), $"{target.Name}: an input of {input.Length} bytes hangs: {Convert.ToBase64String(input)}", options.HangAfter, Timeout.InfiniteTimeSpan);
        long managed = GC.GetAllocatedBytesForCurrentThread();
        long native = UnmanagedMemory.AllocatedBytes;
        string behaviour = "accepted";
        try
        {
            target.Read(input);
            _accepted++;
        }
#pragma warning disable CA1031 // Telling errors apart is the fuzzer's work.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!target.IsNamed(error))
            {
                return new FuzzFinding(FuzzFindingKind.UnnamedError, input, error.ToString());
            }

            behaviour = Place(error);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - managed + UnmanagedMemory.AllocatedBytes - native;
        long allowed = target.AllocationBase + ((long)options.AllocationFactor * input.Length);
        if (allocated > allowed)
        {
            return new FuzzFinding(FuzzFindingKind.Allocation, input, $"{allocated} bytes allocated for an input of {input.Length}; {allowed} are allowed. {behaviour}");
        }

        _behaviours.Add(behaviour);
        return null;
    }

    /// <summary>Where an error was raised: the offsets of the innermost calls. Errors of one kind at one place are one behaviour, whatever they say.</summary>
    private static string Place(Exception error)
    {
        StackFrame[] frames = new StackTrace(error.GetBaseException(), fNeedFileInfo: false).GetFrames();
        return string.Join(' ', frames.Take(FramesThatCount).Select(frame => string.Create(
            CultureInfo.InvariantCulture, $"{frame.GetMethod()?.DeclaringType?.Name}.{frame.GetMethod()?.Name}+{frame.GetILOffset()}")));
    }
}

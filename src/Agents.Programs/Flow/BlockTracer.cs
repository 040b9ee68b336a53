using Agents.Programs.Execution;

namespace Agents.Programs.Flow;

/// <summary>Runs a program and records the local variables after every executed basic block.</summary>
public static class BlockTracer
{
    /// <summary>Most visits that a trace keeps.</summary>
    public const int DefaultCap = 10;

    /// <summary>Traces one call. Never throws for what the program does; a failing run has the visits up to the failure.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">One value per parameter.</param>
    /// <param name="limits">Bounds, or null for the defaults.</param>
    /// <param name="cap">Most visits to keep (<see cref="TraceCap"/>), at least 1.</param>
    /// <param name="maximumText">Longest text of a value (<see cref="ValueText"/>), at least 2.</param>
    public static BlockTrace Trace(
        MiniProgram program, IReadOnlyList<ProgramValue> arguments, ProgramLimits? limits = null, int cap = DefaultCap, int maximumText = ValueText.DefaultMaximum)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumText, 2);
        var recorder = new Recorder(program, cap, maximumText);
        ProgramResult result = program.Run(arguments, limits, recorder);
        return new BlockTrace(recorder.Visits, recorder.Count, result);
    }

    /// <summary>Keeps the first visits and a ring of the last ones, so that a long run costs no memory.</summary>
    private sealed class Recorder : ILineObserver
    {
        private readonly MiniProgram _program;
        private readonly FlowGraph _graph;
        private readonly bool[] _shown;
        private readonly int _maximumText;
        private readonly int _heads;
        private readonly List<BlockVisit> _head = [];
        private readonly (BasicBlock Block, ProgramValue?[] Values, bool? Outcome, bool Failed)[] _tail;

        public Recorder(MiniProgram program, int cap, int maximumText)
        {
            _program = program;
            _graph = FlowGraph.Of(program);
            _maximumText = maximumText;
            _heads = cap - (cap / 2);
            _tail = new (BasicBlock, ProgramValue?[], bool?, bool)[cap / 2];
            for (int i = 0; i < _tail.Length; i++)
            {
                _tail[i].Values = new ProgramValue?[program.Names.Count];
            }

            _shown = new bool[program.Names.Count];
            Array.Fill(_shown, true, program.Parameters, _shown.Length - program.Parameters);
            foreach (int slot in program.AssignedSlots())
            {
                _shown[slot] = true;
            }
        }

        public long Count { get; private set; }

        public IReadOnlyList<BlockVisit> Visits
        {
            get
            {
                var visits = new List<BlockVisit>(_head);
                long kept = Math.Min(Count - _head.Count, _tail.Length);
                for (long i = Count - kept; i < Count; i++)
                {
                    (BasicBlock block, ProgramValue?[] values, bool? outcome, bool failed) = _tail[(i - _heads) % _tail.Length];
                    visits.Add(Visit(block, values, outcome, failed));
                }

                return visits;
            }
        }

        public void Done(int line, ReadOnlySpan<ProgramValue?> variables, bool? outcome)
        {
            BasicBlock block = _graph.BlockOf(line);
            if (block.LastLine == line)
            {
                Record(block, variables, outcome, false);
            }
        }

        public void Failed(int line, ReadOnlySpan<ProgramValue?> variables) => Record(_graph.BlockOf(line), variables, null, true);

        private void Record(BasicBlock block, ReadOnlySpan<ProgramValue?> variables, bool? outcome, bool failed)
        {
            if (Count < _heads)
            {
                _head.Add(Visit(block, variables, outcome, failed));
            }
            else if (_tail.Length > 0)
            {
                ref (BasicBlock Block, ProgramValue?[] Values, bool? Outcome, bool Failed) place = ref _tail[(Count - _heads) % _tail.Length];
                place.Block = block;
                place.Outcome = outcome;
                place.Failed = failed;
                variables.CopyTo(place.Values);
            }

            Count++;
        }

        private BlockVisit Visit(BasicBlock block, ReadOnlySpan<ProgramValue?> variables, bool? outcome, bool failed)
        {
            var state = new Dictionary<string, string>();
            for (int i = 0; i < variables.Length; i++)
            {
                if (_shown[i] && variables[i] is { } value)
                {
                    state[_program.Names[i]] = ValueText.Shorten(value.ToString(), _maximumText);
                }
            }

            return new BlockVisit(block.Id, block.FirstLine, block.LastLine, block.Source, state) { Outcome = outcome, Failed = failed };
        }
    }
}

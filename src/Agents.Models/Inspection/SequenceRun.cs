using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Inspection;

/// <summary>
/// Runs whole sequences through the layers without logits, in batches of rows of several sequences, with buffers and cache pages of its own, so that it disturbs
/// no request that is being served. The numbers of a sequence do not depend on the others.
/// </summary>
internal sealed unsafe class SequenceRun : IDisposable
{
    private const int MaximumRows = 256;

    private readonly RopeTables<float> _rope;
    private readonly DecoderForward<float> _forward;
    private readonly KvPagePool _pages;
    private readonly CachedAttentionPlan _plan;
    private readonly int[] _ids;
    private readonly int[] _positions;
    private readonly int[] _rows;

    /// <summary>Allocates buffers.</summary>
    /// <param name="weights">Parameters, packed.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="total">Tokens of all sequences.</param>
    public SequenceRun(DecoderWeights<float> weights, IKernels<float> kernels, int longest, long total)
    {
        int rows = (int)Math.Min(MaximumRows, total);
        _rope = new RopeTables<float>(weights.Shape, longest);
        _forward = new DecoderForward<float>(weights, kernels, _rope, rows, 0);
        _pages = new KvPagePool(weights.Shape);
        _plan = new CachedAttentionPlan(rows);
        _ids = new int[rows];
        _positions = new int[rows];
        _rows = [.. Enumerable.Range(0, rows)];
    }

    /// <summary>Gets or sets what reads or changes the residual stream.</summary>
    public IResidualTap<float>? Tap
    {
        get => _forward.Tap;
        set => _forward.Tap = value;
    }

    /// <summary>Runs all sequences.</summary>
    /// <param name="sequences">Token ids, at least one each.</param>
    /// <param name="visit">Receives the index of a sequence, the position of the first row, and rows behind the last norm; or null, when the tap is enough.</param>
    /// <param name="cancellationToken">Honoured between batches.</param>
    public void Run(IReadOnlyList<IReadOnlyList<int>> sequences, Action<int, int, MatrixView<float>>? visit, CancellationToken cancellationToken)
    {
        List<(int Index, int Start, int Count)> parts = [];
        KvSequence? open = null;
        int next = 0;
        try
        {
            List<KvSequence> closed = [];
            while (next < sequences.Count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _plan.Clear();
                parts.Clear();
                int rows = 0;
                while (next < sequences.Count && rows < _ids.Length)
                {
                    open ??= _pages.CreateSequence();
                    int start = open.Length;
                    int count = Math.Min(_ids.Length - rows, sequences[next].Count - start);
                    _plan.Add(open, count);
                    Fill(sequences[next], start, count, rows);
                    parts.Add((next, start, count));
                    rows += count;
                    if (start + count < sequences[next].Count)
                    {
                        break;
                    }

                    closed.Add(open);
                    open = null;
                    next++;
                }

                _forward.Embed(_ids.AsSpan(0, rows));
                _forward.RunLayers(_positions.AsSpan(0, rows), _plan);
                _plan.Commit();
                closed.ForEach(static sequence => sequence.Dispose());
                closed.Clear();
                Show(parts, rows, visit);
            }
        }
        finally
        {
            open?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _pages.Dispose();
        _forward.Dispose();
        _rope.Dispose();
    }

    private void Fill(IReadOnlyList<int> tokens, int start, int count, int row)
    {
        for (int i = 0; i < count; i++)
        {
            _ids[row + i] = tokens[start + i];
            _positions[row + i] = start + i;
        }
    }

    private void Show(List<(int Index, int Start, int Count)> parts, int rows, Action<int, int, MatrixView<float>>? visit)
    {
        if (visit is null)
        {
            return;
        }

        MatrixView<float> hidden = _forward.Hidden(_rows.AsSpan(0, rows), rows);
        int first = 0;
        foreach ((int index, int start, int count) in parts)
        {
            visit(index, start, hidden.RowRange(first, count));
            first += count;
        }
    }
}

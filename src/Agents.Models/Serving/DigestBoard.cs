using Agents.Models.Sampling;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Models.Serving;

/// <summary>Lets sequences digest their logits at the same time. Reused; a run allocates nothing.</summary>
internal sealed class DigestBoard
{
    /// <summary>Logits below which handing work to other threads costs more than it saves.</summary>
    private const long WorthSharing = 1 << 14;

    private readonly LaneRunner? _threads;
    private readonly SamplerWorkspace[] _workspaces;
    private readonly List<BatchSequence> _sequences = [];
    private readonly List<MatrixView<float>> _logits = [];
    private readonly int _vocabulary;

    public DigestBoard(int vocabularySize, LaneRunner? threads)
    {
        _vocabulary = vocabularySize;
        _threads = threads;
        _workspaces = new SamplerWorkspace[threads?.Pool.Threads ?? 1];
        for (int i = 0; i < _workspaces.Length; i++)
        {
            _workspaces[i] = new SamplerWorkspace(vocabularySize);
        }
    }

    public List<BatchSequence> Sequences => _sequences;

    public void Clear()
    {
        _sequences.Clear();
        _logits.Clear();
    }

    /// <summary>Adds a sequence; empty logits mean those that it holds.</summary>
    public void Add(BatchSequence sequence, MatrixView<float> logits)
    {
        _sequences.Add(sequence);
        _logits.Add(logits);
    }

    /// <summary>Lets all of them digest. What goes wrong is left at the sequence.</summary>
    public void Run()
    {
        if (_threads is { } threads && _sequences.Count > 1 && (long)_sequences.Count * _vocabulary >= WorthSharing)
        {
            Body body = new(this);
            threads.Run(ref body, _sequences.Count);
            return;
        }

        for (int i = 0; i < _sequences.Count; i++)
        {
            Digest(i, 0);
        }
    }

    private void Digest(int index, int worker)
    {
        BatchSequence sequence = _sequences[index];
        try
        {
            if (_logits[index].Rows == 0)
            {
                sequence.DigestHeld(_workspaces[worker]);
            }
            else
            {
                sequence.Digest(_logits[index], _workspaces[worker]);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            sequence.Error = error;
        }
    }

    private readonly struct Body(DigestBoard board) : IComputeBody
    {
        public void Execute(int chunk, int worker) => board.Digest(chunk, worker);
    }
}

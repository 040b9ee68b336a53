using System.Buffers;
using Agents.Models;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tracing;

/// <summary>The growing trace tree of one request. Thread-safe. Ids ascend in order of creation, so they repeat for a given seed as long as calls start in a fixed order.</summary>
public sealed class TraceRecorder
{
    private const int FewestNodes = 16;
    private readonly Lock _gate = new();
    private OpenNode[] _nodes = [];
    private int _count;
    private TraceNode[]? _completed;
    private readonly TimeProvider _time;
    private readonly long _started;

    /// <summary>Creates an empty trace that starts now.</summary>
    /// <param name="time">The clock.</param>
    public TraceRecorder(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _started = time.GetTimestamp();
    }

    /// <summary>Gets the time since the trace was created.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Opens a node.</summary>
    /// <param name="parent">Id of the parent; null for the root.</param>
    /// <param name="kind">What the node stands for.</param>
    /// <param name="name">Name of the strategy or step, or role of the call.</param>
    /// <param name="role">Role of the called model; null for strategies and steps.</param>
    /// <param name="model">Name of the called model, if known.</param>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    /// <param name="prompt">What the call reads; null for everything that is no call.</param>
    /// <param name="adapters">The adapters that the call names; null for none.</param>
    /// <returns>Id of the node.</returns>
    public int Begin(
        int? parent, TraceNodeKind kind, string name, string? role = null, string? model = null, int attempt = 0,
        IReadOnlyList<ChatMessage>? prompt = null, IReadOnlyList<AdapterUse>? adapters = null)
    {
        lock (_gate)
        {
            if (parent is { } id)
            {
                Check(id);
            }

            if (_completed is not null)
            {
                return _count++;
            }

            if (_count == _nodes.Length)
            {
                Grow();
            }

            _nodes[_count] = new OpenNode(_count, parent, kind, name) { Role = role, Model = model, Attempt = attempt, Prompt = prompt, Adapters = adapters ?? [], Start = Elapsed };
            return _count++;
        }
    }

    /// <summary>Closes a node; a closed node stays as it is.</summary>
    /// <param name="id">The node.</param>
    /// <param name="outcome">What the node brought.</param>
    public void End(int id, in TraceOutcome outcome = default)
    {
        lock (_gate)
        {
            Check(id);
            if (_completed is not null)
            {
                return;
            }

            ref OpenNode node = ref _nodes[id];
            if (node.Duration is not null)
            {
                return;
            }

            node.Touch();
            node.Duration = Elapsed - node.Start;
            node.Text = outcome.Text ?? node.Text;
            node.Model = outcome.Model ?? node.Model;
            node.Record = outcome.Record ?? node.Record;
            node.Error = outcome.Error ?? node.Error;
            node.Attempt = outcome.Attempt ?? node.Attempt;
            node.PromptTokens += outcome.PromptTokens;
            node.CompletionTokens += outcome.CompletionTokens;
        }
    }

    /// <summary>Attaches a fact to a node, in place of an earlier one with the same key.</summary>
    /// <param name="id">The node.</param>
    /// <param name="key">Name of the fact.</param>
    /// <param name="value">Its value.</param>
    public void Note(int id, string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        lock (_gate)
        {
            Check(id);
            if (_completed is null)
            {
                _nodes[id].Note(key, value);
            }
        }
    }

    /// <summary>Gives a node a value.</summary>
    /// <param name="id">The node.</param>
    /// <param name="value">Value in [0, 1].</param>
    public void SetValue(int id, double value)
    {
        _ = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A node's value lies in [0, 1].");
        lock (_gate)
        {
            Check(id);
            if (_completed is null)
            {
                _nodes[id].Touch();
                _nodes[id].Value = value;
            }
        }
    }

    /// <summary>Gives a node a verified reward.</summary>
    /// <param name="id">The node.</param>
    /// <param name="reward">Reward; any finite number.</param>
    public void SetReward(int id, double reward)
    {
        _ = double.IsFinite(reward) ? reward : throw new ArgumentOutOfRangeException(nameof(reward), reward, "A reward must be finite.");
        lock (_gate)
        {
            Check(id);
            if (_completed is null)
            {
                _nodes[id].Touch();
                _nodes[id].Reward = reward;
            }
        }
    }

    /// <summary>Closes all open nodes below a node, last opened first, and notes that they were left open.</summary>
    /// <param name="root">The node; it stays open.</param>
    /// <returns>How many nodes were open.</returns>
    public int CloseBelow(int root)
    {
        lock (_gate)
        {
            // Almost always all are closed: then nothing is gathered.
            int first = root + 1;
            while (first < _count && _completed is null && _nodes[first].Duration is not null)
            {
                first++;
            }

            if (first >= _count || _completed is not null)
            {
                return 0;
            }

            return CloseAllBelow(root);
        }
    }

    /// <summary>Returns one node as it is now.</summary>
    /// <param name="id">The node.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such node, or it began after the request had ended.</exception>
    public TraceNode Node(int id)
    {
        lock (_gate)
        {
            Check(id);
            return _completed is not { } nodes ? _nodes[id].ToNode()
                : id < nodes.Length ? nodes[id]
                : throw new ArgumentOutOfRangeException(nameof(id), id, $"The node began after the request had ended, with the nodes 0 … {nodes.Length - 1}; such nodes are not kept.");
        }
    }

    /// <summary>Returns all nodes as they are now, in order of ids.</summary>
    public IReadOnlyList<TraceNode> Snapshot()
    {
        lock (_gate)
        {
            return _completed ?? Nodes();
        }
    }

    /// <summary>
    /// Ends the trace and returns all nodes, in order of ids. What a strategy that was left behind still writes goes nowhere: its request has ended, and the room of its nodes
    /// serves another one.
    /// </summary>
    internal IReadOnlyList<TraceNode> Complete()
    {
        lock (_gate)
        {
            if (_completed is null)
            {
                _completed = Nodes();
                Release();
            }

            return _completed;
        }
    }

    private TraceNode[] Nodes()
    {
        var nodes = new TraceNode[_count];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = _nodes[i].ToNode();
        }

        return nodes;
    }

    private void Grow()
    {
        OpenNode[] larger = ArrayPool<OpenNode>.Shared.Rent(Math.Max(FewestNodes, 2 * _count));
        _nodes.AsSpan(0, _count).CopyTo(larger);
        Release();
        _nodes = larger;
    }

    // Without its texts, which would stay in memory with it.
    private void Release()
    {
        if (_nodes.Length > 0)
        {
            _nodes.AsSpan(0, Math.Min(_count, _nodes.Length)).Clear();
            ArrayPool<OpenNode>.Shared.Return(_nodes);
            _nodes = [];
        }
    }

    private int CloseAllBelow(int root)
    {
        HashSet<int> below = [root];
        for (int id = root + 1; id < _count; id++)
        {
            if (_nodes[id].Parent is { } parent && below.Contains(parent))
            {
                below.Add(id);
            }
        }

        int open = 0;
        foreach (int id in below.Where(id => id != root && _nodes[id].Duration is null).OrderDescending())
        {
            Note(id, "leftOpen", "true");
            End(id);
            open++;
        }

        return open;
    }

    private void Check(int id)
    {
        if (id < 0 || id >= _count)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The trace has the nodes 0 … {_count - 1}.");
        }
    }
}

using Agents.Models.Decoder;
using Agents.Training.Adapters;
using Agents.Training.Optimization;

namespace Agents.Runtime.Adaptation;

/// <summary>
/// Trainers over the weights of one model, kept between uses: their workspaces take longer to allocate than a small model takes to train. At most as many exist as may run
/// at once. A trainer that is given back has forgotten its adapter, moments, gradients and the adapters beneath.
/// </summary>
internal sealed class TrainerPool : IDisposable
{
    private readonly DecoderModel _model;
    private readonly SemaphoreSlim _free;
    private readonly Lock _gate = new();
    private readonly List<(TrainerForm Form, AdapterTrainer<float> Trainer)> _idle = [];
    private readonly int _most;
    private int _alive;
    private bool _disposed;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="model">The base; only read, and stays the caller's.</param>
    /// <param name="most">Most trainers at once.</param>
    public TrainerPool(DecoderModel model, int most)
    {
        _model = model;
        _most = most;
        _free = new SemaphoreSlim(most, most);
    }

    /// <summary>Gets how many trainers exist, for tests and reports.</summary>
    public int Alive
    {
        get
        {
            lock (_gate)
            {
                return _alive;
            }
        }
    }

    /// <summary>Waits for a trainer.</summary>
    /// <param name="form">What it must be like.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public async ValueTask<Lease> RentAsync(TrainerForm form, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Lease(this, form, Take(form));
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    /// <summary>Frees all idle trainers, and those in use as soon as they are given back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _idle.ForEach(entry => entry.Trainer.Dispose());
            _alive -= _idle.Count;
            _idle.Clear();
        }
    }

    private AdapterTrainer<float> Take(TrainerForm form)
    {
        AdapterTrainer<float>? unfit = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int at = _idle.FindLastIndex(entry => entry.Form == form);
            if (at >= 0)
            {
                AdapterTrainer<float> fit = _idle[at].Trainer;
                _idle.RemoveAt(at);
                return fit;
            }

            if (_alive >= _most)
            {
                // All that exist are idle ones of other forms, because a place was free: the one that was not used for the longest time makes room.
                unfit = _idle[0].Trainer;
                _idle.RemoveAt(0);
                _alive--;
            }

            _alive++;
        }

        unfit?.Dispose();
        try
        {
            return Create(form);
        }
        catch
        {
            lock (_gate)
            {
                _alive--;
            }

            throw;
        }
    }

    private AdapterTrainer<float> Create(TrainerForm form) => new(_model.Weights, _model.Kernels, new AdapterTrainerOptions
    {
        Adapter = new AdapterOptions { Rank = form.Rank, Alpha = form.Alpha },
        MaximumRows = form.Rows,
        Optimizer = new AdamWOptions { Beta2 = 0.999, WeightDecay = 0, MaximumGradientNorm = form.MaximumGradientNorm },
    });

    private void Return(TrainerForm form, AdapterTrainer<float> trainer)
    {
        trainer.Forget();
        trainer.LieOver([]);
        bool kept;
        lock (_gate)
        {
            kept = !_disposed;
            if (kept)
            {
                _idle.Add((form, trainer));
            }
            else
            {
                _alive--;
            }
        }

        if (!kept)
        {
            trainer.Dispose();
        }

        _free.Release();
    }

    /// <summary>A trainer in use; its end gives it back.</summary>
    internal sealed class Lease(TrainerPool pool, TrainerForm form, AdapterTrainer<float> trainer) : IDisposable
    {
        private bool _returned;

        /// <summary>Gets the trainer.</summary>
        public AdapterTrainer<float> Trainer { get; } = trainer;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!_returned)
            {
                _returned = true;
                pool.Return(form, Trainer);
            }
        }
    }
}

namespace Agents.Training.Advantages;

/// <summary>Count, mean and deviation of the scored rewards of each group.</summary>
internal sealed class GroupStatistics
{
    private readonly Dictionary<int, Moments> _groups = [];

    public GroupStatistics(in AdvantageInputs inputs)
    {
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            if (!double.IsNaN(inputs.Reward[i]))
            {
                Moments group = _groups.GetValueOrDefault(inputs.Group[i], new Moments(inputs.Reward[i]));
                group.Add(inputs.Reward[i]);
                _groups[inputs.Group[i]] = group;
            }
        }
    }

    public Moments this[int group] => _groups[group];

    /// <summary>Sums are taken around the first reward, so that equal rewards give a deviation of exactly 0.</summary>
    internal struct Moments(double first)
    {
        private double _sum;
        private double _squares;

        public int Count { get; private set; }

        public readonly double Mean => first + (_sum / Count);

        /// <summary>Sample deviation; 1 for a single reward.</summary>
        public readonly double Deviation => Count < 2 ? 1 : Math.Sqrt(Math.Max(0, (_squares - (_sum * _sum / Count)) / (Count - 1)));

        public void Add(double reward)
        {
            double difference = reward - first;
            Count++;
            _sum += difference;
            _squares += difference * difference;
        }
    }
}

namespace MixPolicy.Mixup.GraphCuts;

/// <summary>
/// Maximum flow on a 4-neighbour grid, after Boykov and Kolmogorov 2004, "An experimental comparison of min-cut/max-flow algorithms for energy minimization in
/// vision": a search tree from the source and one from the sink grow until they touch, the path between them is augmented, and the nodes that lost their
/// parent look for a new one in their tree. Nodes lie in a frame of empty ones, so that every node has four neighbours. One instance is a workspace: nothing is
/// allocated between two flows. Not thread-safe.
/// </summary>
internal sealed class GridFlow
{
    private const byte Free = 0;
    private const byte Source = 1;
    private const byte Sink = 2;
    private const sbyte Terminal = 4;
    private const sbyte Orphan = 5;
    private const sbyte None = -1;

    private readonly int[] _step;
    private readonly long[] _terminal;
    private readonly long[] _residual;
    private readonly byte[] _tree;
    private readonly sbyte[] _parent;
    private readonly int[] _stamp;
    private readonly int[] _distance;
    private readonly int[] _queue;
    private readonly bool[] _queued;
    private readonly int[] _orphans;
    private readonly int _mask;
    private int _head, _tail, _orphanHead, _orphanTail, _time;

    /// <param name="rows">Rows of the grid, at least 1.</param>
    /// <param name="cols">Columns of the grid, at least 1.</param>
    public GridFlow(int rows, int cols)
    {
        Stride = cols + 2;
        var nodes = (rows + 2) * Stride;
        _step = [1, -1, Stride, -Stride];
        _terminal = new long[nodes];
        _residual = new long[nodes * 4];
        _tree = new byte[nodes];
        _parent = new sbyte[nodes];
        _stamp = new int[nodes];
        _distance = new int[nodes];
        _queued = new bool[nodes];
        var capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)nodes + 1);
        (_queue, _orphans, _mask) = (new int[capacity], new int[capacity], capacity - 1);
    }

    /// <summary>Nodes from one row to the next: node (row, column) is <c>(row + 1)·Stride + column + 1</c>.</summary>
    public int Stride { get; }

    /// <summary>Puts a node into the problem, with the capacity from the source where positive, to the sink where negative.</summary>
    public void Add(int node, long terminal)
    {
        _terminal[node] = terminal;
        _parent[node] = None;
        _stamp[node] = 0;
        if (terminal != 0)
        {
            (_tree[node], _parent[node], _distance[node]) = (terminal > 0 ? Source : Sink, Terminal, 1);
            Activate(node);
        }
    }

    /// <summary>The capacities from a node to its neighbour on the right, and back.</summary>
    public void LinkRight(int node, long there, long back) => (_residual[node * 4], _residual[((node + 1) * 4) + 1]) = (there, back);

    /// <summary>The capacities from a node to its neighbour below, and back.</summary>
    public void LinkDown(int node, long there, long back) => (_residual[(node * 4) + 2], _residual[((node + Stride) * 4) + 3]) = (there, back);

    /// <summary>Whether the node can still reach the sink after <see cref="Run"/>: the smallest of all minimum cuts' sink sides.</summary>
    public bool ReachesSink(int node) => _tree[node] == Sink;

    /// <summary>Takes a node out of the problem again.</summary>
    public void Remove(int node)
    {
        _tree[node] = Free;
        _residual.AsSpan(node * 4, 4).Clear();
    }

    /// <summary>Finds the maximum flow.</summary>
    public void Run()
    {
        _time = 0;
        while (_head != _tail)
        {
            var node = _queue[_head];
            if (_tree[node] != Free && Grow(node, out var from, out var direction))
            {
                _time++;
                Augment(from, direction);
                Adopt();
                continue;
            }

            _queued[node] = false;
            _head = (_head + 1) & _mask;
        }
    }

    private void Activate(int node)
    {
        if (!_queued[node])
        {
            _queued[node] = true;
            _queue[_tail] = node;
            _tail = (_tail + 1) & _mask;
        }
    }

    /// <summary>Takes free neighbours into the node's tree until one of the other tree is met: then <paramref name="from"/> is the node on the source's side.</summary>
    private bool Grow(int node, out int from, out int direction)
    {
        var tree = _tree[node];
        for (direction = 0; direction < 4; direction++)
        {
            var neighbour = node + _step[direction];
            if ((tree == Source ? _residual[(node * 4) + direction] : _residual[(neighbour * 4) + (direction ^ 1)]) == 0)
            {
                continue;
            }

            if (_tree[neighbour] == Free)
            {
                (_tree[neighbour], _parent[neighbour]) = (tree, (sbyte)(direction ^ 1));
                (_stamp[neighbour], _distance[neighbour]) = (_stamp[node], _distance[node] + 1);
                Activate(neighbour);
            }
            else if (_tree[neighbour] != tree)
            {
                from = tree == Source ? node : neighbour;
                direction = tree == Source ? direction : direction ^ 1;
                return true;
            }
            else if (_stamp[neighbour] <= _stamp[node] && _distance[neighbour] > _distance[node])
            {
                (_parent[neighbour], _stamp[neighbour], _distance[neighbour]) = ((sbyte)(direction ^ 1), _stamp[node], _distance[node] + 1);
            }
        }

        from = 0;
        return false;
    }

    private void Augment(int from, int direction)
    {
        var to = from + _step[direction];
        var flow = _residual[(from * 4) + direction];
        var root = from;
        for (; _parent[root] != Terminal; root += _step[_parent[root]])
        {
            flow = Math.Min(flow, _residual[((root + _step[_parent[root]]) * 4) + (_parent[root] ^ 1)]);
        }

        flow = Math.Min(flow, _terminal[root]);
        for (root = to; _parent[root] != Terminal; root += _step[_parent[root]])
        {
            flow = Math.Min(flow, _residual[(root * 4) + _parent[root]]);
        }

        flow = Math.Min(flow, -_terminal[root]);
        Push(from, direction, flow);
        for (root = from; _parent[root] != Terminal;)
        {
            var (node, toParent) = (root, _parent[root]);
            root += _step[toParent];
            Push(root, toParent ^ 1, flow);
            if (_residual[(root * 4) + (toParent ^ 1)] == 0)
            {
                Orphaned(node);
            }
        }

        if ((_terminal[root] -= flow) == 0)
        {
            Orphaned(root);
        }

        for (root = to; _parent[root] != Terminal;)
        {
            var (node, toParent) = (root, _parent[root]);
            root += _step[toParent];
            Push(node, toParent, flow);
            if (_residual[(node * 4) + toParent] == 0)
            {
                Orphaned(node);
            }
        }

        if ((_terminal[root] += flow) == 0)
        {
            Orphaned(root);
        }
    }

    private void Push(int node, int direction, long flow)
    {
        _residual[(node * 4) + direction] -= flow;
        _residual[((node + _step[direction]) * 4) + (direction ^ 1)] += flow;
    }

    private void Orphaned(int node)
    {
        _parent[node] = Orphan;
        _orphans[_orphanTail] = node;
        _orphanTail = (_orphanTail + 1) & _mask;
    }

    private void Adopt()
    {
        while (_orphanHead != _orphanTail)
        {
            var node = _orphans[_orphanHead];
            _orphanHead = (_orphanHead + 1) & _mask;
            if (!FindParent(node))
            {
                SetFree(node);
            }
        }
    }

    /// <summary>The residual capacity along which the tree of <paramref name="node"/> would lead from its neighbour in that direction to it.</summary>
    private long FromNeighbour(int node, int direction) => _tree[node] == Source
        ? _residual[((node + _step[direction]) * 4) + (direction ^ 1)]
        : _residual[(node * 4) + direction];

    private bool FindParent(int node)
    {
        var (best, shortest) = (None, int.MaxValue);
        for (sbyte direction = 0; direction < 4; direction++)
        {
            var neighbour = node + _step[direction];
            if (_tree[neighbour] != _tree[node] || FromNeighbour(node, direction) == 0)
            {
                continue;
            }

            var distance = DistanceToRoot(neighbour);
            if (distance < shortest)
            {
                (best, shortest) = (direction, distance);
            }
        }

        if (best == None)
        {
            return false;
        }

        (_parent[node], _stamp[node], _distance[node]) = (best, _time, shortest + 1);
        return true;
    }

    /// <summary>Steps to the terminal, <see cref="int.MaxValue"/> where the way ends in an orphan. Ways found are stamped, so that they are walked once.</summary>
    private int DistanceToRoot(int start)
    {
        var distance = 0;
        var node = start;
        while (true)
        {
            if (_stamp[node] == _time && _parent[node] is not (Orphan or None))
            {
                distance += _distance[node];
                break;
            }

            distance++;
            if (_parent[node] == Terminal)
            {
                (_stamp[node], _distance[node]) = (_time, 1);
                break;
            }

            if (_parent[node] is Orphan or None)
            {
                return int.MaxValue;
            }

            node += _step[_parent[node]];
        }

        var left = distance;
        for (node = start; _stamp[node] != _time; node += _step[_parent[node]])
        {
            (_stamp[node], _distance[node]) = (_time, left--);
        }

        return distance;
    }

    private void SetFree(int node)
    {
        for (var direction = 0; direction < 4; direction++)
        {
            var neighbour = node + _step[direction];
            if (_tree[neighbour] != _tree[node])
            {
                continue;
            }

            if (FromNeighbour(node, direction) != 0)
            {
                Activate(neighbour);
            }

            if (_parent[neighbour] == (direction ^ 1))
            {
                Orphaned(neighbour);
            }
        }

        (_tree[node], _parent[node]) = (Free, None);
    }
}

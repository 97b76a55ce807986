// A component that is drawn again only when one of its properties is another one.
import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

export function memo<P extends object>(draw: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return Object.keys({ ...this.props, ...next }).some((key) => this.props[key as keyof P] !== next[key as keyof P]);
    }
    override render(props: P): ComponentChild {
      return h(draw, props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}

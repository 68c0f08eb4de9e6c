/** The metrics of the watches whose alerts are in an incident, around its time. */
import type { WatchPictureData } from '../../../services/watch/watches.service.js';
import { WatchPicture } from '../../ui/watch-picture.js';

export const WatchSection = ({
  pictures,
}: {
  pictures: readonly (WatchPictureData & { name: string })[];
}) => (
  <>
    {pictures.map((picture) => (
      <section key={picture.name} className="card" aria-labelledby={`watch-${picture.name}`}>
        <h2 id={`watch-${picture.name}`}>
          <bdi>{picture.title}</bdi>
        </h2>
        <WatchPicture data={picture} id={`picture-${picture.name}`} />
        <p>
          <a className="btn" href={`/watches/${picture.name}`}>
            The watch
          </a>
        </p>
      </section>
    ))}
  </>
);
